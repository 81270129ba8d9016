using FaceGrid.Vision;

namespace FaceGrid.Grains.Cameras;

/// <summary>How much a shot of a face counts.</summary>
internal static class ShotWeight
{
    /// <summary>Size, in pixels between the eyes, and sharpness from which on a shot gets no better: at 48 pixels the 112 x 112 crop of an embedder is not enlarged, at 100 the Laplacian shows a crisp face.</summary>
    private const float SizeFull = 48, SharpnessFull = 100;

    /// <summary>What the poorest shot that is allowed at all counts.</summary>
    private const float Least = 0.05f;

    /// <summary>Margin to the next person from which on a shot is as clear as it can be, and what a shot with none counts.</summary>
    private const float MarginFull = 0.2f, MarginLeast = 0.4f;

    /// <summary>How good a shot is: the product of how large, how sharp, how frontal and how sure it is.</summary>
    /// <returns>0.05 to 1.</returns>
    public static float Of(AnalysedFace face)
    {
        float size = Math.Min(1, face.Landmarks.SizePixels / SizeFull);
        float sharpness = 0.3f + (0.7f * Math.Min(1, face.Quality.Sharpness / SharpnessFull));
        float frontal = MathF.Cos(Radians(face.Quality.Yaw)) * MathF.Cos(Radians(face.Quality.Pitch));
        return Math.Clamp(size * sharpness * frontal * face.Confidence, Least, 1);
    }

    /// <summary>How much of that a vote for somebody keeps, by how clearly it is they and not the next person.</summary>
    /// <param name="margin">How much farther the next one is; null where there is none.</param>
    /// <returns>0.4 to 1.</returns>
    public static float OfMargin(float? margin) => margin is { } given ? MarginLeast + ((1 - MarginLeast) * Math.Clamp(given / MarginFull, 0, 1)) : 1;

    /// <summary>How good a shot may be, as far as the detector can say: its size and confidence.</summary>
    public static float Guess(DetectedFace face) => Math.Min(1, face.Landmarks.SizePixels / SizeFull) * face.Confidence;

    private static float Radians(float degrees) => degrees * MathF.PI / 180;
}
