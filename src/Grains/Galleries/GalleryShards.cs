using FaceGrid.Abstractions.Cluster;
using FaceGrid.Abstractions.Search;
using FaceGrid.Grains.Shards;

namespace FaceGrid.Grains.Galleries;

/// <summary>The shards of a gallery.</summary>
/// <param name="gallery">Gallery id.</param>
/// <param name="find">Finds a shard.</param>
internal sealed class GalleryShards(string gallery, Func<ShardKey, IShardGrain> find)
{
    /// <summary>All shards of a level, in order.</summary>
    /// <param name="level">The level; it has 2^<paramref name="level"/> shards.</param>
    public IEnumerable<IShardGrain> At(int level) =>
        Enumerable.Range(0, 1 << level).Select(index => find(new ShardKey(gallery, level, index)));

    /// <summary>What all shards of a level hold.</summary>
    /// <param name="level">The level.</param>
    /// <returns>In order; null for a shard that the gallery does not use, or not any more.</returns>
    public Task<ShardInfo?[]> DescribeAsync(int level) => Task.WhenAll(At(level).Select(shard => shard.DescribeAsync()));
}
