namespace FaceGrid.Grains.Shards;

/// <summary>What a shard made of an entry.</summary>
/// <param name="Status">Outcome.</param>
/// <param name="Revision">The newest revision that the shard knows.</param>
[GenerateSerializer, Immutable]
[Alias("fg.apply-reply")]
public readonly record struct ApplyReply(
    [property: Id(0)] ShardStatus Status,
    [property: Id(1)] long Revision);
