using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace FaceGrid.Grains.Search;

/// <summary>Gauges of the shards that this silo holds; they belong to the meter of <see cref="GridMetrics"/>.</summary>
internal static class ShardMetrics
{
    private static readonly ConcurrentDictionary<ShardIndex, byte> Shards = new();

    static ShardMetrics()
    {
        GridMetrics.Meter.CreateObservableGauge(
            "facegrid.silo.shards",
            static () => Shards.Count,
            "{shard}",
            "Shards this silo holds.");
        GridMetrics.Meter.CreateObservableGauge(
            "facegrid.silo.people",
            static () => Shards.Keys.Sum(static shard => (long)shard.People),
            "{person}",
            "People in the shards of this silo; while a gallery grows, in its old shards and in its new.");
        GridMetrics.Meter.CreateObservableGauge(
            "facegrid.silo.templates",
            static () => Shards.Keys.Sum(static shard => (long)shard.Templates),
            "{template}",
            "Templates in the shards of this silo.");
        GridMetrics.Meter.CreateObservableGauge(
            "facegrid.silo.memory",
            static () => Shards.Keys.Sum(static shard => shard.Bytes),
            "By",
            "Native memory of the shards of this silo.");
    }

    /// <summary>Makes the gauges known, so that the first scrape shows them as 0.</summary>
    public static void Begin() => RuntimeHelpers.RunClassConstructor(typeof(ShardMetrics).TypeHandle);

    /// <summary>Makes a loaded shard part of the gauges.</summary>
    /// <param name="shard">Kept until <see cref="Forget"/>.</param>
    public static void Watch(ShardIndex shard) => Shards.TryAdd(shard, 0);

    /// <summary>Ends <see cref="Watch"/>, if it began.</summary>
    /// <param name="shard">The same shard.</param>
    public static void Forget(ShardIndex shard) => Shards.TryRemove(shard, out _);
}
