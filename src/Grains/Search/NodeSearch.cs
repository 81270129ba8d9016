using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Search;
using FaceGrid.Grains.Cluster;
using FaceGrid.Grains.Placement;
using FaceGrid.Grains.Shards;

namespace FaceGrid.Grains.Search;

/// <summary>Searches several shards of this silo and merges what they find.</summary>
/// <param name="local">The shards of this silo.</param>
/// <param name="find">Finds a shard.</param>
internal sealed class NodeSearch(LocalShards local, Func<ShardKey, IShardGrain> find)
{
    /// <inheritdoc cref="INodeGrain.SearchAsync"/>
    public async Task<NodeAnswer> SearchAsync(NodeQuery query, CancellationToken cancellationToken)
    {
        // A shard that moves away meanwhile answers from its new place.
        int[] here = [.. query.Indexes.Where(index => local.Contains(new ShardKey(query.Gallery, query.Level, index)))];
        ShardAnswer?[] answers = await Task.WhenAll(here.Select(index =>
            AskAsync(new ShardKey(query.Gallery, query.Level, index), query.Query, cancellationToken)));
        if (Array.Exists(answers, answer => answer?.Status == ShardStatus.WrongMap))
        {
            return new NodeAnswer([], ShardAnswer.WrongMap);
        }

        int[] answered = [.. here.Where((_, index) => answers[index] is not null)];
        ShardAnswer[] found = [.. answers.OfType<ShardAnswer>()];
        int probes = found.Length == 0 ? 0 : query.Query.Count;
        ShardCandidate[][] candidates = [.. Enumerable.Range(0, probes).Select(probe => Merging.Nearest(found, probe, query.Query.Limit))];
        return new NodeAnswer(answered, new ShardAnswer(ShardStatus.Ok, found.Sum(answer => answer.People), candidates));
    }

    private async Task<ShardAnswer?> AskAsync(ShardKey shard, ShardQuery query, CancellationToken cancellationToken)
    {
        try
        {
            return await find(shard).SearchAsync(query, cancellationToken).WaitAsync(cancellationToken);
        }
        catch (Exception failure) when (TransientFailures.Includes(failure, CancellationToken.None))
        {
            return null; // The asker counts the answers, and asks the other shards by name.
        }
    }
}
