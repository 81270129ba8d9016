using Microsoft.Extensions.Logging;

namespace FaceGrid.Grains.Search;

/// <summary>
/// Compares a shard, which is a projection, with its rows, which are the truth, and mends it. Its repairs are counted in a metric that
/// should stay 0.
/// </summary>
/// <param name="shard">The shard's key, for the log.</param>
/// <param name="rows">Its rows.</param>
/// <param name="contents">What it holds.</param>
/// <param name="leaving">Cancelled when the shard retires: a check in mid-wait would hold up calls that must learn of that.</param>
/// <param name="time">Clock.</param>
/// <param name="logger">Log.</param>
internal sealed class ShardSelfCheck(
    string shard, ShardRows rows, ShardContents contents, CancellationToken leaving, TimeProvider time, ILogger logger)
{
    // A write that is between its row and its shard looks like a difference; it settles well within this.
    private static readonly TimeSpan SettleTime = TimeSpan.FromSeconds(2);

    /// <summary>Checks once. A failure is counted and logged, and the next check tries again.</summary>
    /// <param name="cancellationToken">Ends the check; what it has mended stays mended.</param>
    /// <returns>When done.</returns>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (contents.IsRetired)
        {
            return;
        }

        contents.DropOldTombstones();
        try
        {
            List<string> differing = await rows.DifferingAsync(cancellationToken);
            GridMetrics.SelfChecks.AddOne(differing.Count == 0 ? "same" : "differed");
            GridMetrics.SelfCheckDifferences.Add(differing.Count);
            if (differing.Count > 0)
            {
                await Task.Delay(SettleTime, time, leaving);
                await RepairAsync(differing, cancellationToken);
            }
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            GridMetrics.SelfChecks.AddOne("failed");
            ShardLog.CheckFailed(logger, shard, failure);
        }
    }

    private async Task RepairAsync(List<string> differing, CancellationToken cancellationToken)
    {
        int repaired = 0;
        foreach (string person in differing)
        {
            repaired += await rows.RepairAsync(person, cancellationToken) ? 1 : 0;
        }

        if (repaired > 0)
        {
            GridMetrics.SelfCheckRepairs.Add(repaired);
            ShardLog.Repaired(logger, shard, repaired);
        }
    }
}
