using FaceGrid.Grains.Shards;

namespace FaceGrid.Grains.Cluster;

/// <summary>What the shards of one silo found together.</summary>
/// <param name="Answered">Shards whose candidates are in the answer; the others are not here, or failed.</param>
/// <param name="Answer">As of one shard; <see cref="ShardStatus.WrongMap"/> when one of them said so.</param>
[GenerateSerializer, Immutable]
[Alias("fg.node-answer")]
public sealed record NodeAnswer(
    [property: Id(0)] int[] Answered,
    [property: Id(1)] ShardAnswer Answer);
