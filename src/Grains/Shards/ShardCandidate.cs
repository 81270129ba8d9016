namespace FaceGrid.Grains.Shards;

/// <summary>
/// A candidate of a shard. Order is by the squared distance, which is what the kernels compute; its root could make two different
/// distances equal.
/// </summary>
/// <param name="Person">Person id.</param>
/// <param name="FaceId">Nearest face.</param>
/// <param name="SquaredDistance">Squared Euclidean distance, 0 to 4.</param>
[GenerateSerializer, Immutable]
[Alias("fg.shard-candidate")]
public readonly record struct ShardCandidate(
    [property: Id(0)] string Person,
    [property: Id(1)] string FaceId,
    [property: Id(2)] float SquaredDistance);
