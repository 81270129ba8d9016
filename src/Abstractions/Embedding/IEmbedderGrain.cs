using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Galleries;
using Orleans.Concurrency;

namespace FaceGrid.Abstractions.Embedding;

/// <summary>One embedder process. Key: the silo's address in parsable form; always activated on that very silo.</summary>
[Alias("fg.IEmbedderGrain")]
public interface IEmbedderGrain : IGrainWithStringKey
{
    /// <summary>Finds the faces of a picture and, if asked, their embeddings.</summary>
    /// <param name="picture">Encoded bytes: JPEG, PNG, WebP, BMP or GIF.</param>
    /// <param name="request">What is wanted of the faces.</param>
    /// <param name="pad">Whether to check that faces are live: not at all, where this node can, or in any case.</param>
    /// <param name="cancellationToken">Ends the call; it changes nothing.</param>
    /// <returns>All faces, none included.</returns>
    /// <exception cref="FaceGridException">
    /// Empty body, not a picture, corrupt, too many bytes or pixels, <see cref="ErrorCodes.Busy"/>; <see cref="ErrorCodes.PadUnavailable"/>
    /// where liveness is required and this node has no model for it; <see cref="ErrorCodes.ModelUnavailable"/> where this node does not
    /// make vectors of a contract that is asked for.
    /// </exception>
    [Alias("Analyse")]
    [ResponseTimeout("00:01:00")]
    [AlwaysInterleave]
    Task<PictureFaces> AnalyseAsync(
        [Immutable] byte[] picture, AnalysisRequest request, PadPolicy pad, CancellationToken cancellationToken);

    /// <summary>Embeds faces from their cut-outs.</summary>
    /// <param name="crops">At most 64.</param>
    /// <param name="contract">Contract that the embeddings must have.</param>
    /// <param name="cancellationToken">Ends the call; it changes nothing.</param>
    /// <returns>
    /// One vector per cut-out in the same order: little-endian float32 of unit norm, or null for one that cannot be read.
    /// </returns>
    /// <exception cref="FaceGridException">
    /// <see cref="ErrorCodes.ModelUnavailable"/> where this node does not make such vectors, <see cref="ErrorCodes.Busy"/>.
    /// </exception>
    [Alias("EmbedCrops")]
    [ResponseTimeout("00:01:00")]
    [AlwaysInterleave]
    Task<byte[]?[]> EmbedCropsAsync([Immutable] FaceCrop[] crops, string contract, CancellationToken cancellationToken);

    /// <summary>Says what this embedder runs.</summary>
    /// <returns>Models, provider, contract and queue length.</returns>
    [Alias("Describe")]
    [AlwaysInterleave]
    Task<EmbedderInfo> DescribeAsync();
}
