using Orleans.Concurrency;

namespace FaceGrid;

/// <summary>The door to one embedder process. Key: the silo's address in parsable form; always activated on that very silo.</summary>
[Alias("fg.IEmbedderGrain")]
public interface IEmbedderGrain : IGrainWithStringKey
{
    /// <summary>Finds the faces of a picture and, if asked, their embeddings.</summary>
    /// <param name="picture">Encoded bytes: JPEG, PNG, WebP, BMP or GIF.</param>
    /// <param name="embed">True to compute embeddings.</param>
    /// <param name="pad">Whether to look if faces are live: not at all, if this node can, or else refuse.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>All faces, none included.</returns>
    /// <exception cref="FaceGridException">Empty body, not a picture, corrupt, too many bytes or pixels, <see cref="ErrorCodes.Busy"/>; <see cref="ErrorCodes.PadUnavailable"/> where liveness is required and this node has no model for it.</exception>
    [Alias("Analyse")]
    [ResponseTimeout("00:01:00")]
    [AlwaysInterleave]
    Task<PictureFaces> AnalyseAsync([Immutable] byte[] picture, bool embed, PadPolicy pad, CancellationToken cancellationToken);

    /// <summary>Says what this embedder runs.</summary>
    /// <returns>Models, provider, contract and queue length.</returns>
    [Alias("Describe")]
    [AlwaysInterleave]
    Task<EmbedderInfo> DescribeAsync();
}
