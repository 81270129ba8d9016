#pragma warning disable ORLEANSEXP004 // Silo metadata is marked experimental; it is where roles live.
using FaceGrid.Grains.Cluster;
using FaceGrid.Grains.Placement;
using FaceGrid.Grains.Storage;
using FaceGrid.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Runtime.MembershipService.SiloMetadata;

namespace FaceGrid.Grains.Rules;

/// <summary>
/// Sees to it that rules are in memory somewhere, where they work by themselves: each silo with the role calls its share of them, a second after silos came or went and every few seconds. A rule that nobody has yet begins on the
/// silo that calls it.
/// </summary>
internal sealed partial class RuleKeeper(
    IGrainRows rows, IGrainFactory grains, IClusterMembershipService membership, ISiloMetadataCache metadata, ILocalSiloDetails silo, TimeProvider time, ILogger<RuleKeeper> logger) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            MembershipVersion seen = membership.CurrentSnapshot.Version;
            try
            {
                await WakeAsync(stoppingToken);
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(logger, failure);
            }

            long start = time.GetTimestamp();
            while (membership.CurrentSnapshot.Version == seen && time.GetElapsedTime(start) < Period)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), time, stoppingToken);
            }

            if (membership.CurrentSnapshot.Version != seen)
            {
                await Task.Delay(Settle, time, stoppingToken);
            }
        }
    }

    private async Task WakeAsync(CancellationToken cancellationToken)
    {
        SiloAddress[] silos =
        [
            .. membership.CurrentSnapshot.Members.Values.Where(member => member.Status == SiloStatus.Active && metadata.RolesOf(member.SiloAddress).Contains(Roles.People))
                .Select(member => member.SiloAddress).Order(),
        ];
        int own = Array.IndexOf(silos, silo.SiloAddress);
        if (own < 0)
        {
            return; // Not active yet, or another role.
        }

        string first = IRuleGrain.KeyOf("");
        await foreach (GrainRow row in rows.ReadRangeAsync(StateNames.Rule, first, first.TrimEnd('/') + "0", cancellationToken))
        {
            if (StableHash.ComputeHash(row.Key) % (uint)silos.Length == own)
            {
                await WakeAsync(row.Key, cancellationToken);
            }
        }
    }

    private async Task WakeAsync(string rule, CancellationToken cancellationToken)
    {
        try
        {
            await grains.GetGrain<IRuleGrain>(rule).WakeAsync().WaitAsync(cancellationToken);
        }
        catch (Exception failure) when (TransientFailures.Includes(failure, cancellationToken))
        {
            // Called again in a few seconds; the others are not to wait for it.
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "Rules could not be looked after; trying again")]
    private static partial void LogFailed(ILogger logger, Exception cause);
}
