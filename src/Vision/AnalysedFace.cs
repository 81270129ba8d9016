using FaceGrid.Models;
using FaceGrid.Vision.Alignment;
using FaceGrid.Vision.Quality;

namespace FaceGrid.Vision;

/// <summary>One face of a picture.</summary>
/// <param name="Box">The box around the face; it may reach outside the picture.</param>
/// <param name="Landmarks">The five points of the face.</param>
/// <param name="Confidence">The detector's confidence, 0 to 1.</param>
/// <param name="Quality">
/// Measurements from which a caller decides whether the face is good enough. For a face that was not chosen
/// (<see cref="FrameRequest.Choose"/>), measurements that need pixels are 0.
/// </param>
/// <param name="Embedding">
/// Float32, length <see cref="EmbedderProfile.Dimension"/>, unit L2 norm within 1e-5. Null when no embedding was requested, the face was
/// not chosen, the face is smaller than <see cref="VisionOptions.FaceSizeMinPixels"/>, or the landmarks coincide.
/// </param>
/// <param name="Live">
/// How sure the PAD models are that the face is live, 0 to 1. Null when it was not requested, there are no such models
/// (<see cref="FacePipeline.Liveness"/>), the face was not chosen, or it is smaller than <see cref="VisionOptions.FaceSizeMinPixels"/>.
/// </param>
public sealed record AnalysedFace(
    FaceBox Box, FaceLandmarks Landmarks, float Confidence, FaceQuality Quality, float[]? Embedding, float? Live = null)
{
    /// <summary>The embedding of the second embedder, <see cref="FacePipeline.NextEmbedder"/>.</summary>
    public float[]? NextEmbedding { get; init; }

    /// <summary>The aligned cut-out; null when none was requested or the face is not embedded.</summary>
    public AlignedCrop? Crop { get; init; }
}
