using FaceGrid.Grains.Search;

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

/// <summary>What the shards of one silo found together.</summary>
/// <param name="Answered">Shards whose candidates are in the answer; the others are not here, or failed.</param>
/// <param name="Answer">As of one shard; <see cref="ShardStatus.WrongMap"/> when one of them said so.</param>
[GenerateSerializer, Immutable]
[Alias("fg.node-answer")]
public sealed record NodeAnswer(
    [property: Id(0)] int[] Answered,
    [property: Id(1)] ShardAnswer Answer);

/// <summary>A door to one silo. Key: the silo's address in parsable form.</summary>
[Alias("fg.INodeGrain")]
public interface INodeGrain : IGrainWithStringKey
{
    /// <summary>Searches several shards of the silo with one message.</summary>
    /// <param name="query">Which and for what.</param>
    /// <param name="cancellationToken">Gives up; shards that have not answered by then count as not answered.</param>
    /// <returns>What they found, merged.</returns>
    [Alias("Search")]
    Task<NodeAnswer> SearchAsync(NodeQuery query, CancellationToken cancellationToken);

    /// <summary>Whether this silo still counts another one as alive.</summary>
    /// <param name="silo">The other one's address in parsable form.</param>
    /// <returns>False when it is known to be dead.</returns>
    [Alias("Confirm")]
    Task<bool> ConfirmAsync(string silo);
}
