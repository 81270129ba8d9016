using FaceGrid.Vision;
using FaceGrid.Vision.Detection;

namespace FaceGrid.Cameras.Recognition;

/// <summary>How much a shot of a face counts.</summary>
internal static class ShotWeight
{
    /// <summary>
    /// Size, in pixels between the eyes, and sharpness above which a shot counts no more: at 48 pixels the 112 x 112 crop of an embedder is
    /// not enlarged, at 100 the Laplacian shows a crisp face.
    /// </summary>
    private const float SizeFull = 48, SharpnessFull = 100;

    /// <summary>Weight of the poorest shot.</summary>
    private const float Least = 0.05f;

    /// <summary>
    /// Distance between two shots of a track up to which the second is the same picture again, and the weight that it keeps then: it says
    /// nothing new, but a still picture must be decided in the end. People who sit still are 0.15 to 0.9 from one frame to the next at five
    /// frames a second, frames of a film that stands still 0.00.
    /// </summary>
    private const float RepetitionDistance = 0.1f, OfRepetition = 0.25f;

    /// <summary>Margin to the next person above which a shot counts in full, and the weight that a shot without margin keeps.</summary>
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

    /// <summary>How much of its weight a vote for a person keeps, by how much farther the next person is.</summary>
    /// <param name="margin">How much farther the next one is; null where there is none.</param>
    /// <returns>0.4 to 1.</returns>
    public static float OfMargin(float? margin) =>
        margin is { } given ? MarginLeast + ((1 - MarginLeast) * Math.Clamp(given / MarginFull, 0, 1)) : 1;

    /// <summary>How much of its weight a vote keeps, by how much the shot differs from the one before.</summary>
    /// <param name="before">Embedding of the track's shot before, or null.</param>
    /// <param name="now">Embedding of this one.</param>
    /// <returns>0.25 or 1.</returns>
    public static float OfNews(float[]? before, float[] now)
    {
        if (before is null)
        {
            return 1;
        }

        float squared = 0;
        for (int index = 0; index < now.Length; index++)
        {
            squared += (now[index] - before[index]) * (now[index] - before[index]);
        }

        return squared < RepetitionDistance * RepetitionDistance ? OfRepetition : 1;
    }

    /// <summary>How good a shot may be, as far as the detector can say: its size and confidence.</summary>
    public static float Guess(DetectedFace face) => Math.Min(1, face.Landmarks.SizePixels / SizeFull) * face.Confidence;

    private static float Radians(float degrees) => degrees * MathF.PI / 180;
}
