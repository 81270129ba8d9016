using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Search;
using FaceGrid.Grains.Placement;
using FaceGrid.Grains.Cluster;
using FaceGrid.Grains.Shards;
using Orleans.Concurrency;

namespace FaceGrid.Grains.Search;

/// <inheritdoc cref="INodeGrain"/>
[KeepAlive]
[Reentrant]
[SiloPinned]
[GrainType("node")]
public sealed class NodeGrain(LocalShards shards, IClusterMembershipService membership) : Grain, INodeGrain
{
    /// <inheritdoc/>
    public async Task<NodeAnswer> SearchAsync(NodeQuery query, CancellationToken cancellationToken)
    {
        // One that moves away meanwhile answers from its new place.
        int[] here = [.. query.Indexes.Where(index => shards.Contains(new ShardKey(query.Gallery, query.Level, index)))];
        ShardAnswer?[] answers = await Task.WhenAll(here.Select(index => AskAsync(new ShardKey(query.Gallery, query.Level, index), query.Query, cancellationToken)));
        if (Array.Exists(answers, answer => answer?.Status == ShardStatus.WrongMap))
        {
            return new NodeAnswer([], new ShardAnswer(ShardStatus.WrongMap, 0, []));
        }

        int[] answered = [.. here.Where((_, i) => answers[i] is not null)];
        ShardAnswer[] found = [.. answers.OfType<ShardAnswer>()];
        ShardCandidate[][] candidates = found.Length == 0 ? [] : [.. Enumerable.Range(0, query.Query.Count).Select(probe => Merging.Nearest(found, probe, query.Query.Limit))];
        return new NodeAnswer(answered, new ShardAnswer(ShardStatus.Ok, found.Sum(answer => answer.People), candidates));
    }

    /// <inheritdoc/>
    public Task<bool> ConfirmAsync(string silo) => Task.FromResult(membership.CurrentSnapshot.GetSiloStatus(SiloAddress.FromParsableString(silo)) != SiloStatus.Dead);

    private async Task<ShardAnswer?> AskAsync(ShardKey shard, ShardQuery query, CancellationToken cancellationToken)
    {
        try
        {
            return await GrainFactory.GetGrain<IShardGrain>(shard.ToString()).SearchAsync(query, cancellationToken).WaitAsync(cancellationToken);
        }
        catch (Exception failure) when (TransientFailures.Includes(failure, CancellationToken.None))
        {
            return null; // The asker counts who answered, and asks the others by name.
        }
    }
}
