using FaceGrid.Vision.Decoding;

namespace FaceGrid.Vision.Detection;

/// <summary>
/// Finds out that a picture lies on its side or stands on its head. Detectors are trained on upright faces: they are less sure of other
/// ones, and often put the landmarks where an upright face would have them. docs/accuracy.md has the figures of this search.
/// </summary>
internal static class UprightSearch
{
    /// <summary>
    /// Longest sides of the copies in which the search looks. Faces of a portrait show in the first one, at a quarter of the cost. The
    /// second one is for small faces.
    /// </summary>
    private static readonly int[] LongSides = [320, 640];

    /// <summary>Least confidence of a face in a turned copy. Below it, turned backgrounds pass for faces.</summary>
    private const float ConfidenceMin = 0.8f;

    /// <summary>How much surer the detector must be of the turned copy than of the picture as it came.</summary>
    private const float Margin = 0.02f;

    /// <summary>Looks for the turn that makes the faces of a picture upright.</summary>
    /// <param name="picture">The picture as it came.</param>
    /// <param name="confidence">The best confidence of a face in it, 0 when there is none.</param>
    /// <param name="detect">Finds the faces of a copy in one pass.</param>
    /// <returns>Quarters clockwise, 0 to 3; 0 when no turn is clearly better.</returns>
    public static int Quarters(RgbImage picture, float confidence, Func<RgbImage, IReadOnlyList<DetectedFace>> detect)
    {
        int longSide = Math.Max(picture.Width, picture.Height);
        foreach (int side in LongSides)
        {
            double scale = Math.Min(1, side / (double)longSide);
            using RgbImage copy = PictureScaler.Shrink(
                picture, Math.Max(1, (int)(picture.Width * scale)), Math.Max(1, (int)(picture.Height * scale)));

            // A large face may be clearer in the copy than in the picture, also when it is upright.
            float inCopy = Best(detect(copy)), upright = Math.Max(confidence, inCopy);
            (int quarters, float best) = (0, Math.Max(ConfidenceMin, upright + Margin));
            for (int turn = 1; turn < 4; turn++)
            {
                using RgbImage turned = QuarterTurn.Apply(copy, turn);
                float seen = Best(detect(turned));
                if (seen > best)
                {
                    (quarters, best) = (turn, seen);
                }
            }

            if (quarters != 0 || inCopy >= ConfidenceMin || longSide <= side)
            {
                return quarters;
            }
        }

        return 0;
    }

    /// <summary>The best confidence of some faces.</summary>
    /// <param name="faces">Faces.</param>
    /// <returns>0 to 1; 0 when there is none.</returns>
    public static float Best(IReadOnlyList<DetectedFace> faces) => faces.Count == 0 ? 0 : faces.Max(face => face.Confidence);
}
