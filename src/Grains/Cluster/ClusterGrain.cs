#pragma warning disable ORLEANSEXP004 // Silo metadata is marked experimental; it is where roles live.
using FaceGrid.Abstractions.Cluster;
using FaceGrid.Abstractions.Embedding;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Galleries;
using FaceGrid.Abstractions.Search;
using FaceGrid.Grains.Placement;
using FaceGrid.Grains.Shards;
using FaceGrid.Search.Kernels;
using Orleans.Concurrency;
using Orleans.Runtime.MembershipService.SiloMetadata;

namespace FaceGrid.Grains.Cluster;

/// <inheritdoc cref="IClusterGrain"/>
[StatelessWorker]
[Reentrant]
[GrainType("cluster")]
public sealed class ClusterGrain(IClusterMembershipService membership, ISiloMetadataCache metadata) : Grain, IClusterGrain
{
    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(3);

    /// <inheritdoc/>
    public Task<NodeInfo[]> GetNodesAsync() => Task.FromResult<NodeInfo[]>(
    [
        .. membership.CurrentSnapshot.Members.Values
            .Where(member => member.Status == SiloStatus.Active)
            .Select(member => new NodeInfo(member.SiloAddress.ToParsableString(), member.Name, metadata.RolesOf(member.SiloAddress)))
            .OrderBy(node => node.Address, StringComparer.Ordinal),
    ]);

    /// <inheritdoc/>
    public async Task<ClusterInfo> GetEmbeddersAsync(CancellationToken cancellationToken)
    {
        NodeInfo[] nodes = await GetNodesAsync();
        var embedders = new Dictionary<string, EmbedderInfo>(StringComparer.Ordinal);
        foreach (NodeInfo node in nodes.Where(node => node.Roles.Contains(Roles.Embedder)))
        {
            try
            {
                Task<EmbedderInfo> described = GrainFactory.GetGrain<IEmbedderGrain>(node.Address).DescribeAsync();
                embedders[node.Address] = await described.WaitAsync(AnswerTime, cancellationToken);
            }
            catch (Exception failure) when (TransientFailures.Includes(failure, cancellationToken))
            {
                // The node is leaving; what it ran is not part of the answer.
            }
        }

        return new ClusterInfo(nodes, [], embedders, SearchKernels.Name);
    }

    /// <inheritdoc/>
    public async Task<ClusterInfo> GetAsync(CancellationToken cancellationToken)
    {
        ClusterInfo cluster = await GetEmbeddersAsync(cancellationToken);
        GalleryInfo[] galleries = await GrainFactory.GetGrain<IGalleryReaderGrain>(0).ListGalleriesAsync(cancellationToken);
        IEnumerable<Task<ShardInfo>> shards =
            from gallery in galleries
            where !gallery.IsDamaged
            from index in Enumerable.Range(0, 1 << gallery.Level)
            select DescribeAsync(new ShardKey(gallery.Id, gallery.Level, index), cancellationToken);
        return cluster with { Shards = await Task.WhenAll(shards) };
    }

    private async Task<ShardInfo> DescribeAsync(ShardKey key, CancellationToken cancellationToken)
    {
        try
        {
            Task<ShardInfo?> described = GrainFactory.GetGrain<IShardGrain>(key.ToString()).DescribeAsync();
            return await described.WaitAsync(AnswerTime, cancellationToken) ?? NotServing(key);
        }
        catch (Exception failure) when (TransientFailures.Includes(failure, cancellationToken))
        {
            return NotServing(key);
        }
    }

    private static ShardInfo NotServing(ShardKey key) => new(key.Gallery, key.Level, key.Index, Node: null, 0, 0, 0);
}
