
namespace FaceGrid.Vision.Embedding;

/// <summary>What is wanted of the faces of a picture, besides where they are and how good.</summary>
/// <param name="Embed">True to embed every face of at least <see cref="VisionOptions.FaceSizeMinPixels"/> with the first embedder.</param>
/// <param name="EmbedNext">True to embed them with the second one; without <see cref="FacePipeline.NextEmbedder"/> nothing is.</param>
/// <param name="Liveness">True to measure how live they are; without <see cref="FacePipeline.Liveness"/> nothing is measured.</param>
/// <param name="Crop">True for an aligned cut-out of every face that is embedded.</param>
public sealed record PictureRequest(bool Embed, bool EmbedNext = false, bool Liveness = false, bool Crop = false)
{
    /// <summary>Where the faces are, and how good: no vectors.</summary>
    public static PictureRequest Faces { get; } = new(Embed: false);

    /// <summary>The faces with vectors of the first embedder.</summary>
    public static PictureRequest Embeddings { get; } = new(Embed: true);

    /// <summary>For a frame of a stream; null, the default, for a picture by itself.</summary>
    public FrameWishes? Frame { get; init; }
}
