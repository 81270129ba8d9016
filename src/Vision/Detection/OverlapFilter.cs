namespace FaceGrid.Vision.Detection;

/// <summary>Keeps one detection per face.</summary>
internal static class OverlapFilter
{
    /// <summary>
    /// Boxes that share more than this part of their union are one face. The value is from YuNet's own demo (libfacedetection.train,
    /// OpenCV FaceDetectorYN).
    /// </summary>
    private const float UnionShareMax = 0.3f;

    /// <summary>
    /// When more than this part of a box lies inside a box of higher confidence, it is the same face or a part of it, found again at
    /// another scale.
    /// </summary>
    private const float InsideShareMax = 0.7f;

    /// <summary>Non-maximum suppression. It is deterministic: highest confidence first, ties by position.</summary>
    public static List<DetectedFace> Filter(IEnumerable<DetectedFace> faces)
    {
        var kept = new List<DetectedFace>();
        foreach (var face in faces.OrderByDescending(face => face.Confidence).ThenBy(face => face.Box.Y).ThenBy(face => face.Box.X))
        {
            if (!kept.Exists(other => AreSameFace(face.Box, other.Box)))
            {
                kept.Add(face);
            }
        }

        return kept;
    }

    private static bool AreSameFace(FaceBox face, FaceBox surer)
    {
        float shared = face.Intersection(surer);
        return shared > UnionShareMax * (face.Area + surer.Area - shared) || shared > InsideShareMax * face.Area;
    }
}
