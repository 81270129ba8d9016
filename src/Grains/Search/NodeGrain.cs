using FaceGrid.Grains.Cluster;
using FaceGrid.Grains.Placement;
using FaceGrid.Grains.Shards;
using Orleans.Concurrency;

namespace FaceGrid.Grains.Search;

/// <inheritdoc cref="INodeGrain"/>
/// <param name="shards">The shards of this silo.</param>
/// <param name="membership">What this silo knows of the others.</param>
[KeepAlive]
[Reentrant]
[SiloPinned]
[GrainType("node")]
public sealed class NodeGrain(LocalShards shards, IClusterMembershipService membership) : Grain, INodeGrain
{
    /// <inheritdoc/>
    public Task<NodeAnswer> SearchAsync(NodeQuery query, CancellationToken cancellationToken) =>
        new NodeSearch(shards, key => GrainFactory.GetGrain<IShardGrain>(key.ToString())).SearchAsync(query, cancellationToken);

    /// <inheritdoc/>
    public Task<bool> ConfirmAsync(string silo) =>
        Task.FromResult(membership.CurrentSnapshot.GetSiloStatus(SiloAddress.FromParsableString(silo)) != SiloStatus.Dead);
}
