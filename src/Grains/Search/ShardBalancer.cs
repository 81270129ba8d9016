using FaceGrid.Abstractions.Galleries;
using FaceGrid.Abstractions.Search;
using FaceGrid.Grains.Cluster;
using FaceGrid.Grains.Placement;
using FaceGrid.Grains.Shards;
using Microsoft.Extensions.Logging;

namespace FaceGrid.Grains.Search;

/// <summary>
/// Moves the shards of this silo to where they belong: soon after silos come or go, and every few seconds, because a silo's knowledge of
/// the others may be old. Shards that belong here and are nowhere, because their silo died, are loaded before the first search asks for
/// them.
/// </summary>
internal sealed class ShardBalancer(
    ShardPlaces places,
    LocalShards shards,
    ILocalSiloDetails silo,
    IClusterMembershipService membership,
    IGrainFactory grains,
    TimeProvider time,
    ILogger<ShardBalancer> logger) : SiloUpkeep(membership, time, TimeSpan.FromSeconds(10), logger)
{
    /// <inheritdoc/>
    protected override async Task LookAsync(bool changed, CancellationToken cancellationToken)
    {
        SiloAddress[] silos = places.Silos;
        if (!silos.Contains(silo.SiloAddress))
        {
            return; // Not active yet, or not any more.
        }

        await ForEachAsync(shards.Keys.Where(shard => !Belongs(shard)), shard => Shard(shard).MoveAsync(), cancellationToken);
        if (!changed)
        {
            return;
        }

        GalleryInfo[] galleries = await grains.GetGrain<IGalleryReaderGrain>(0).ListGalleriesAsync(cancellationToken);
        IEnumerable<ShardKey> wanted =
            from gallery in galleries
            where !gallery.IsDamaged
            from index in Enumerable.Range(0, 1 << gallery.Level)
            let shard = new ShardKey(gallery.Id, gallery.Level, index)
            where !shards.Contains(shard) && Belongs(shard)
            select shard;
        await ForEachAsync(wanted, shard => Shard(shard).DescribeAsync(), cancellationToken);

        bool Belongs(ShardKey shard) => places.PlacesOf(shard.Gallery, shard.Level, silos)[shard.Index].Equals(silo.SiloAddress);
    }

    private IShardGrain Shard(ShardKey shard) => grains.GetGrain<IShardGrain>(shard.ToString());
}
