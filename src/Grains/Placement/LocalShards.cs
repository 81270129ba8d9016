using System.Collections.Concurrent;
using FaceGrid.Abstractions.Search;

namespace FaceGrid.Grains.Placement;

/// <summary>The shards that serve on this silo now. Safe for concurrent use.</summary>
public sealed class LocalShards
{
    private readonly ConcurrentDictionary<ShardKey, byte> _keys = new();

    /// <summary>The shards of this moment.</summary>
    public IEnumerable<ShardKey> Keys => _keys.Keys;

    /// <summary>Whether a shard serves here.</summary>
    public bool Contains(ShardKey shard) => _keys.ContainsKey(shard);

    /// <summary>A shard is loaded.</summary>
    public void Add(ShardKey shard) => _keys[shard] = 0;

    /// <summary>A shard leaves.</summary>
    public void Remove(ShardKey shard) => _keys.TryRemove(shard, out _);
}
