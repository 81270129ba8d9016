using FaceGrid.Vision;

namespace FaceGrid.Evaluation.Faces;

/// <summary>
/// The rule that chooses the one face of a picture that the data set means. It is the face with the largest value of box area - 2 x squared
/// distance between the centres of box and picture, in pixels. Of equal faces, it is the first. LFW centres its subject, so a large face at
/// the edge is a bystander. The rule is InsightFace's (python-package/insightface/model_zoo/scrfd.py, "some extra weight on the
/// centering").
/// </summary>
internal static class MainFace
{
    /// <summary>Chooses out of the faces that were found in a picture.</summary>
    /// <param name="analysis">What was found.</param>
    /// <returns>The index of the chosen face, or -1 when there is none.</returns>
    public static int Choose(PictureAnalysis analysis) => Choose(
        [.. analysis.Faces.Select(face => ((double)face.Box.X, (double)face.Box.Y, (double)face.Box.Width, (double)face.Box.Height))],
        analysis.Width,
        analysis.Height);

    /// <summary>Chooses.</summary>
    /// <param name="boxes">The faces' boxes: left, top, width, height.</param>
    /// <param name="width">The picture's width.</param>
    /// <param name="height">The picture's height.</param>
    /// <returns>The index of the chosen face, or -1 when there is none.</returns>
    public static int Choose(IReadOnlyList<(double X, double Y, double Width, double Height)> boxes, double width, double height)
    {
        (int chosen, double best) = (-1, double.NegativeInfinity);
        for (int i = 0; i < boxes.Count; i++)
        {
            (double x, double y, double w, double h) = boxes[i];
            double dx = x + ((w - width) / 2);
            double dy = y + ((h - height) / 2);
            double value = (w * h) - (2 * ((dx * dx) + (dy * dy)));
            if (value > best)
            {
                (chosen, best) = (i, value);
            }
        }

        return chosen;
    }
}
