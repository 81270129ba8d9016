namespace FaceGrid.Grains.Shards;

/// <summary>Some faces of a shard.</summary>
/// <param name="People">Whose they are.</param>
/// <param name="Vectors">Their vectors one after the other, little-endian float32.</param>
/// <param name="Of">How many people the shard held when they were chosen.</param>
[GenerateSerializer, Immutable]
[Alias("fg.shard-sample")]
public sealed record ShardSample(
    [property: Id(0)] string[] People,
    [property: Id(1)] byte[] Vectors,
    [property: Id(2)] int Of);
