using System.Numerics;

namespace FaceGrid.Models;

/// <summary>
/// The five landmarks of a face, in pixels of the picture, with y pointing down. Right and left are the subject's own: in an upright,
/// unmirrored picture the right eye is the one nearer to the picture's left edge. YuNet and the ArcFace template use the same order.
/// </summary>
/// <param name="RightEye">Centre of the subject's right eye.</param>
/// <param name="LeftEye">Centre of the subject's left eye.</param>
/// <param name="Nose">Tip of the nose.</param>
/// <param name="RightMouthCorner">The subject's right corner of the mouth.</param>
/// <param name="LeftMouthCorner">The subject's left corner of the mouth.</param>
public sealed record FaceLandmarks(Vector2 RightEye, Vector2 LeftEye, Vector2 Nose, Vector2 RightMouthCorner, Vector2 LeftMouthCorner)
{
    /// <summary>Distance between the eyes in pixels.</summary>
    public float EyeDistancePixels => Vector2.Distance(RightEye, LeftEye);

    /// <summary>
    /// Size of the face in pixels: the larger of two distances. The first is the distance between the eyes. The second is the distance
    /// from the middle of the eyes to the middle of the mouth corners. A face in profile loses the first and keeps the second. In the
    /// ArcFace template, which is a face seen from the front, they are 35 and 41.
    /// </summary>
    public float SizePixels =>
        Math.Max(EyeDistancePixels, Vector2.Distance((RightEye + LeftEye) / 2, (RightMouthCorner + LeftMouthCorner) / 2));

    /// <summary>Makes landmarks from ten numbers in the order of <see cref="ToArray"/>.</summary>
    /// <param name="points">Ten numbers: x and y of each point.</param>
    /// <exception cref="ArgumentException">There are not exactly ten numbers.</exception>
    public static FaceLandmarks FromArray(ReadOnlySpan<float> points) => points.Length == 10
        ? new(
            new(points[0], points[1]),
            new(points[2], points[3]),
            new(points[4], points[5]),
            new(points[6], points[7]),
            new(points[8], points[9]))
        : throw new ArgumentException($"Landmarks are ten numbers, not {points.Length}.", nameof(points));

    /// <summary>Ten numbers: x and y of right eye, left eye, nose, right mouth corner, left mouth corner.</summary>
    public float[] ToArray() =>
    [
        RightEye.X, RightEye.Y,
        LeftEye.X, LeftEye.Y,
        Nose.X, Nose.Y,
        RightMouthCorner.X, RightMouthCorner.Y,
        LeftMouthCorner.X, LeftMouthCorner.Y,
    ];

    /// <summary>The landmarks with every number multiplied by <paramref name="factor"/>.</summary>
    /// <param name="factor">Any positive number, for example full-size pixels per decoded pixel.</param>
    public FaceLandmarks Scaled(float factor) =>
        new(RightEye * factor, LeftEye * factor, Nose * factor, RightMouthCorner * factor, LeftMouthCorner * factor);
}
