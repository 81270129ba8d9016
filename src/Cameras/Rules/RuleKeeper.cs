#pragma warning disable ORLEANSEXP004 // Silo metadata is marked experimental; it is where roles live.
using FaceGrid.Abstractions.Cluster;
using FaceGrid.Abstractions.Rules;
using FaceGrid.Cameras.State;
using FaceGrid.Grains.Cluster;
using FaceGrid.Grains.Placement;
using FaceGrid.Grains.Storage;
using FaceGrid.Storage;
using Microsoft.Extensions.Logging;
using Orleans.Runtime.MembershipService.SiloMetadata;

namespace FaceGrid.Cameras.Rules;

/// <summary>
/// Keeps rules in memory, where they work by themselves: each silo with the role calls its share of them, a second after silos came or went
/// and every few seconds. A rule that is not in memory begins on the silo that calls it.
/// </summary>
internal sealed class RuleKeeper(
    IGrainRows rows,
    IGrainFactory grains,
    IClusterMembershipService membership,
    ISiloMetadataCache metadata,
    ILocalSiloDetails silo,
    TimeProvider time,
    ILogger<RuleKeeper> logger)
    : SiloUpkeep(membership, time, TimeSpan.FromSeconds(5), logger)
{
    /// <inheritdoc/>
    protected override async Task LookAsync(bool changed, CancellationToken cancellationToken)
    {
        SiloAddress[] silos = metadata.SilosWith(Roles.People, Membership);
        int own = Array.IndexOf(silos, silo.SiloAddress);
        if (own < 0)
        {
            return; // Not active yet, or another role.
        }

        List<string> mine = [];
        await foreach (GrainRow row in rows.ReadAllAsync(CameraStateNames.Rule, IRuleGrain.KeyOf(""), after: null, cancellationToken))
        {
            if (StableHash.ComputeHash(row.Key) % (uint)silos.Length == own)
            {
                mine.Add(row.Key);
            }
        }

        await ForEachAsync(mine, rule => grains.GetGrain<IRuleGrain>(rule).WakeAsync(), cancellationToken);
    }
}
