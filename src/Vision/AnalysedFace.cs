using FaceGrid.Models;
using FaceGrid.Vision.Alignment;
using FaceGrid.Vision.Quality;

namespace FaceGrid.Vision;

/// <summary>One face of a picture.</summary>
/// <param name="Box">The box around the face; it may reach outside the picture.</param>
/// <param name="Landmarks">The five points of the face.</param>
/// <param name="Confidence">The detector's confidence, 0 to 1.</param>
/// <param name="Quality">
/// Measurements from which a caller decides whether the face is good enough; of a face that was not chosen
/// (<see cref="FrameWishes.Choose"/>) only those that need no pixels, the others are 0.
/// </param>
/// <param name="Embedding">
/// Float32, length <see cref="EmbedderProfile.Dimension"/>, unit L2 norm within 1e-5; null when no embedding was asked for or the face
/// was not chosen, when the face is smaller than <see cref="VisionOptions.FaceSizeMinPixels"/>, or when the landmarks coincide.
/// </param>
/// <param name="Live">
/// How sure the PAD models are that the face is a live one, 0 to 1; null when it was not asked for, there are no such models
/// (<see cref="FacePipeline.Liveness"/>), or the face is smaller than
/// <see cref="VisionOptions.FaceSizeMinPixels"/>.
/// </param>
public sealed record AnalysedFace(
    FaceBox Box, FaceLandmarks Landmarks, float Confidence, FaceQuality Quality, float[]? Embedding, float? Live = null)
{
    /// <summary>The same of the second embedder, <see cref="FacePipeline.NextEmbedder"/>.</summary>
    public float[]? NextEmbedding { get; init; }

    /// <summary>The aligned cut-out, or null where none was asked for or the face is not embedded.</summary>
    public AlignedCrop? Crop { get; init; }
}
