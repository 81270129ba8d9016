using FaceGrid.Abstractions.Cluster;
using FaceGrid.Abstractions.Embedding;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Galleries;
using FaceGrid.Abstractions.Policies;

namespace FaceGrid.Grains.Galleries;

/// <summary>What a gallery asks the embedders of the grid. Cancelled calls change nothing.</summary>
/// <param name="cluster">Finds the grain that knows them.</param>
/// <param name="find">Finds an embedder by the address of its node.</param>
internal sealed class GalleryEmbedders(Func<IClusterGrain> cluster, Func<string, IEmbedderGrain> find)
{
    /// <summary>The embedder that makes vectors of a contract.</summary>
    /// <param name="wanted">The contract. One with an empty id means the first one of any embedder, with that dimension.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The embedder, or null when none does.</returns>
    public async Task<EmbedderInfo?> FindAsync(Contract wanted, CancellationToken cancellationToken)
    {
        ClusterInfo now = await GetAsync(cancellationToken);
        return wanted.Id.Length == 0
            ? now.Embedders.Values.FirstOrDefault(info => info.Contract.Dimension == wanted.Dimension)
            : AllOf(now).FirstOrDefault(info => info.Contract == wanted);
    }

    /// <summary>The calibration of a contract.</summary>
    /// <param name="contract">The contract.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The calibration, or null while no embedder has one.</returns>
    public async Task<ErrorModel?> ErrorsAsync(Contract contract, CancellationToken cancellationToken) =>
        AllOf(await GetAsync(cancellationToken)).FirstOrDefault(info => info.Contract == contract && info.Errors is not null)?.Errors;

    /// <summary>The embedder that runs a profile.</summary>
    /// <param name="profile">Profile id.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The embedder.</returns>
    /// <exception cref="FaceGridException"><see cref="ErrorCodes.ModelUnavailable"/>: none does.</exception>
    public async Task<EmbedderInfo> OfProfileAsync(string profile, CancellationToken cancellationToken) =>
        AllOf(await GetAsync(cancellationToken)).FirstOrDefault(info => info.Embedder == profile) ?? throw new FaceGridException(
            ErrorCodes.ModelUnavailable,
            "No embedder of the grid runs the profile that was asked for. "
            + "Give the embedder nodes FaceGrid__Vision__NextEmbedder with its id, start them again, and repeat.");

    /// <summary>Makes vectors, by the least loaded embedder that runs the model.</summary>
    /// <param name="faces">The faces.</param>
    /// <param name="contract">Contract of the vectors.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>A vector per face; null for a face of which none can be made.</returns>
    /// <exception cref="FaceGridException"><see cref="ErrorCodes.ModelUnavailable"/>, or what the embedder throws.</exception>
    public async Task<byte[]?[]> EmbedAsync(FaceCrop[] faces, Contract contract, CancellationToken cancellationToken)
    {
        ClusterInfo now = await GetAsync(cancellationToken);
        string? node = now.Embedders
            .Where(node => node.Value.All.Any(info => info.Contract == contract))
            .OrderBy(node => node.Value.QueueLength)
            .Select(node => node.Key)
            .FirstOrDefault();
        return node is null
            ? throw new FaceGridException(ErrorCodes.ModelUnavailable, $"No embedder of the grid makes vectors of '{contract.Id}'.")
            : await find(node).EmbedCropsAsync(faces, contract.Id, cancellationToken);
    }

    private static IEnumerable<EmbedderInfo> AllOf(ClusterInfo cluster) => cluster.Embedders.Values.SelectMany(info => info.All);

    private Task<ClusterInfo> GetAsync(CancellationToken cancellationToken) => cluster().GetEmbeddersAsync(cancellationToken);
}
