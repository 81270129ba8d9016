using FaceGrid.Grains.Shards;

namespace FaceGrid.Grains.Cluster;

/// <summary>A question to the shards of one silo.</summary>
/// <param name="Gallery">Gallery id.</param>
/// <param name="Level">Level that the asker believes in.</param>
/// <param name="Indexes">Shards that should be there.</param>
/// <param name="Query">The probes.</param>
[GenerateSerializer, Immutable]
[Alias("fg.node-query")]
public sealed record NodeQuery(
    [property: Id(0)] string Gallery,
    [property: Id(1)] int Level,
    [property: Id(2)] int[] Indexes,
    [property: Id(3)] ShardQuery Query);
