namespace FaceGrid.Grains.Shards;

/// <summary>What a shard found when it compared itself with its rows.</summary>
/// <param name="People">People in the rows.</param>
/// <param name="Lacking">Of these, people with a face that has no vector under the contract asked about.</param>
[GenerateSerializer, Immutable]
[Alias("fg.shard-audit")]
public readonly record struct ShardAudit(
    [property: Id(0)] long People,
    [property: Id(1)] long Lacking);
