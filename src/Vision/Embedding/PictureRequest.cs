
namespace FaceGrid.Vision.Embedding;

/// <summary>What to compute for the faces of a picture, besides their position and quality.</summary>
/// <param name="Embed">True to embed every face of at least <see cref="VisionOptions.FaceSizeMinPixels"/> with the first embedder.</param>
/// <param name="EmbedNext">True to embed them with the second embedder too, if <see cref="FacePipeline.NextEmbedder"/> exists.</param>
/// <param name="Liveness">True to measure whether they are live, if <see cref="FacePipeline.Liveness"/> exists.</param>
/// <param name="Crop">True to make an aligned cut-out of every face that is embedded.</param>
public sealed record PictureRequest(bool Embed, bool EmbedNext = false, bool Liveness = false, bool Crop = false)
{
    /// <summary>Position and quality of the faces, without vectors.</summary>
    public static PictureRequest Faces { get; } = new(Embed: false);

    /// <summary>The faces with vectors of the first embedder.</summary>
    public static PictureRequest Embeddings { get; } = new(Embed: true);

    /// <summary>How to analyse a frame of a stream. Default: null, for a single picture.</summary>
    public FrameRequest? Frame { get; init; }
}
