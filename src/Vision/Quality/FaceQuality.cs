using FaceGrid.Vision.Alignment;

namespace FaceGrid.Vision.Quality;

/// <summary>
/// Measurements of one face. They decide nothing by themselves: the caller's policy says which values are good enough. Grey levels are luma
/// (ITU-R BT.601: 0.299 R + 0.587 G + 0.114 B) of the face's inner part, from eyebrows to chin, in the 112 x 112 crop aligned to
/// <see cref="FaceAligner.ArcFaceTemplate"/>.
/// </summary>
/// <param name="EyeDistancePixels">Distance between the eyes in pixels of the full-size picture.</param>
/// <param name="Sharpness">
/// Variance of the 4-neighbour Laplacian of the levels 0 to 255, 0 or more. An enlarged or blurred face has a small value (below about 50),
/// a sharp face has several hundred.
/// </param>
/// <param name="Brightness">Mean level, 0 (black) to 1 (white).</param>
/// <param name="Contrast">Standard deviation of the levels divided by 255, 0 to 0.5.</param>
/// <param name="Yaw">
/// Degrees by which the head is turned sideways, -90 to 90; positive when the nose points to the picture's right. It is a coarse estimate
/// from five points.
/// </param>
/// <param name="Pitch">
/// Degrees by which the head is tilted, -90 to 90; positive when the nose points up. It is a coarse estimate from five points.
/// </param>
/// <param name="Roll">Degrees by which the head leans, -180 to 180; positive when it leans clockwise in the picture.</param>
/// <param name="Confidence">The detector's confidence, 0 to 1.</param>
public sealed record FaceQuality(
    float EyeDistancePixels, float Sharpness, float Brightness, float Contrast, float Yaw, float Pitch, float Roll, float Confidence);
