using FaceGrid.Abstractions.Embedding;
using FaceGrid.Vision;
using FaceGrid.Vision.Pad;

namespace FaceGrid.Grains.Embedding;

/// <summary>Turns what the pipeline says of a face into messages.</summary>
internal static class AnalysedFaces
{
    /// <summary>Its quality.</summary>
    public static FaceQualityInfo QualityOf(AnalysedFace face) => new(
        face.Quality.EyeDistancePixels,
        face.Quality.Sharpness,
        face.Quality.Brightness,
        face.Quality.Contrast,
        face.Quality.Yaw,
        face.Quality.Pitch,
        face.Quality.Roll);

    /// <summary>Whether it is live; null where that was not checked.</summary>
    public static Liveness? LivenessOf(AnalysedFace face, LivenessMeter? meter) =>
        meter is not null && face.Live is { } live ? new Liveness(live, meter.Threshold, [.. meter.Models]) : null;
}
