using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace FaceGrid.Grains.Cluster;

/// <summary>
/// Work that each silo does for its share of the grid: a second after silos came or went, and every few seconds, because a silo's
/// knowledge of the others may be old. After a round that fails comes the next one.
/// </summary>
/// <param name="membership">Knows the silos.</param>
/// <param name="time">Clock.</param>
/// <param name="period">Time between two rounds.</param>
/// <param name="logger">Log.</param>
internal abstract partial class SiloUpkeep(
    IClusterMembershipService membership, TimeProvider time, TimeSpan period, ILogger logger) : BackgroundService
{
    /// <summary>How long silos are left alone after a change: several often come or go together.</summary>
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(1);

    /// <summary>How often membership is compared with what was seen last.</summary>
    private static readonly TimeSpan PollPeriod = TimeSpan.FromMilliseconds(100);

    /// <summary>Calls at once.</summary>
    private const int AtOnce = 4;

    /// <summary>Knows the silos.</summary>
    protected IClusterMembershipService Membership { get; } = membership;

    /// <summary>Does one round of work for what belongs on this silo.</summary>
    /// <param name="changed">Whether silos came or went since the last round.</param>
    /// <param name="cancellationToken">The silo stops.</param>
    /// <returns>When done; throws to be called again.</returns>
    protected abstract Task LookAsync(bool changed, CancellationToken cancellationToken);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        MembershipVersion seen = MembershipVersion.MinValue;
        while (!stoppingToken.IsCancellationRequested)
        {
            long start = time.GetTimestamp();
            while (Membership.CurrentSnapshot.Version == seen && time.GetElapsedTime(start) < period)
            {
                await Task.Delay(PollPeriod, time, stoppingToken);
            }

            bool changed = Membership.CurrentSnapshot.Version != seen;
            seen = Membership.CurrentSnapshot.Version;
            if (changed)
            {
                await Task.Delay(Settle, time, stoppingToken);
            }

            try
            {
                await LookAsync(changed, stoppingToken);
            }
            catch (Exception failure) when (failure is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                LogFailed(logger, failure); // Whatever it was, this loop is all that looks after them.
            }
        }
    }

    /// <summary>
    /// Makes a call for each thing, a few at a time. A call that fails is made again in the next round, and does not stop the others.
    /// </summary>
    /// <param name="things">The things.</param>
    /// <param name="call">Makes the call.</param>
    /// <param name="cancellationToken">The silo stops.</param>
    /// <returns>When all calls have ended.</returns>
    protected Task ForEachAsync<T>(IEnumerable<T> things, Func<T, Task> call, CancellationToken cancellationToken)
    {
        var few = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken };
        return Parallel.ForEachAsync(things, few, async (thing, token) =>
        {
            try
            {
                await call(thing).WaitAsync(token);
            }
            catch (Exception failure) when (failure is not OperationCanceledException || !token.IsCancellationRequested)
            {
                LogFailed(logger, failure);
            }
        });
    }

    [LoggerMessage(1, LogLevel.Warning, "Work for what belongs on this silo failed; trying again")]
    private static partial void LogFailed(ILogger logger, Exception cause);
}
