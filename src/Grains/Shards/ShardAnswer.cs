namespace FaceGrid.Grains.Shards;

/// <summary>Answer of a shard.</summary>
/// <param name="Status">Outcome; without <see cref="ShardStatus.Ok"/> the rest is empty.</param>
/// <param name="People">People searched.</param>
/// <param name="Candidates">Per probe, ascending by squared distance, then person id (ordinal).</param>
[GenerateSerializer, Immutable]
[Alias("fg.shard-answer")]
public sealed record ShardAnswer(
    [property: Id(0)] ShardStatus Status,
    [property: Id(1)] long People,
    [property: Id(2)] ShardCandidate[][] Candidates)
{
    /// <summary>The answer to a caller whose map is old.</summary>
    public static ShardAnswer WrongMap { get; } = new(ShardStatus.WrongMap, 0, []);
}
