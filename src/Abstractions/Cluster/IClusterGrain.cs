using FaceGrid.Abstractions.Embedding;

namespace FaceGrid.Abstractions.Cluster;

/// <summary>A node of the grid.</summary>
/// <param name="Address">Address in parsable form; the key of its embedder grain.</param>
/// <param name="Name">Silo name.</param>
/// <param name="Roles">Roles it plays: <c>people</c>, <c>shards</c>, <c>embedder</c>, <c>gateway</c>.</param>
[GenerateSerializer, Immutable]
[Alias("fg.node-info")]
public sealed record NodeInfo(
    [property: Id(0)] string Address,
    [property: Id(1)] string Name,
    [property: Id(2)] string[] Roles);

/// <summary>Where a shard lives and what it holds.</summary>
/// <param name="Gallery">Gallery id.</param>
/// <param name="Level">Level.</param>
/// <param name="Index">Index.</param>
/// <param name="Node">Address of the node, or null when it did not answer.</param>
/// <param name="People">People held.</param>
/// <param name="Templates">Templates held.</param>
/// <param name="Bytes">Bytes of vector memory held.</param>
[GenerateSerializer, Immutable]
[Alias("fg.shard-info")]
public sealed record ShardInfo(
    [property: Id(0)] string Gallery,
    [property: Id(1)] int Level,
    [property: Id(2)] int Index,
    [property: Id(3)] string? Node,
    [property: Id(4)] long People,
    [property: Id(5)] long Templates,
    [property: Id(6)] long Bytes);

/// <summary>The state of the grid.</summary>
/// <param name="Nodes">Active nodes.</param>
/// <param name="Shards">Shards of all galleries.</param>
/// <param name="Embedders">What each embedder node runs, by node address.</param>
/// <param name="SearchKernel">Instruction path of the search kernels on the answering node.</param>
[GenerateSerializer, Immutable]
[Alias("fg.cluster-info")]
public sealed record ClusterInfo(
    [property: Id(0)] NodeInfo[] Nodes,
    [property: Id(1)] ShardInfo[] Shards,
    [property: Id(2)] Dictionary<string, EmbedderInfo> Embedders,
    [property: Id(3)] string SearchKernel);

/// <summary>Stateless view of the grid. Key: 0.</summary>
[Alias("fg.IClusterGrain")]
public interface IClusterGrain : IGrainWithIntegerKey
{
    /// <summary>Active nodes and their roles: cheap, from membership.</summary>
    /// <returns>The nodes, ordered by address.</returns>
    [Alias("GetNodes")]
    Task<NodeInfo[]> GetNodesAsync();

    /// <summary>Nodes and what their embedders run; no shards.</summary>
    /// <param name="cancellationToken">Ends the call; it changes nothing.</param>
    /// <returns>The state of the grid without its shards.</returns>
    [Alias("GetEmbedders")]
    [ResponseTimeout("00:01:00")]
    Task<ClusterInfo> GetEmbeddersAsync(CancellationToken cancellationToken);

    /// <summary>Nodes, shards and embedders: asks every one of them.</summary>
    /// <param name="cancellationToken">Ends the call; it changes nothing.</param>
    /// <returns>The state of the grid.</returns>
    [Alias("Get")]
    [ResponseTimeout("00:01:00")]
    Task<ClusterInfo> GetAsync(CancellationToken cancellationToken);
}
