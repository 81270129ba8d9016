using FaceGrid.Vision.Alignment;

namespace FaceGrid.Vision.Quality;

/// <summary>
/// Measurements of one face. They decide nothing: which values are good enough is a caller's policy. Grey levels are luma (ITU-R BT.601:
/// 0.299 R + 0.587 G + 0.114 B) of the face's inner part, eyebrows to chin, in the 112 x 112 crop aligned to
/// <see cref="FaceAligner.ArcFaceTemplate"/>.
/// </summary>
/// <param name="EyeDistancePixels">Distance between the eyes in pixels of the full-size picture.</param>
/// <param name="Sharpness">
/// Variance of the 4-neighbour Laplacian of the levels 0 to 255, 0 or more. An enlarged or blurred face has a small one (below about 50),
/// a crisp one hundreds.
/// </param>
/// <param name="Brightness">Mean level, 0 (black) to 1 (white).</param>
/// <param name="Contrast">Standard deviation of the levels divided by 255, 0 to 0.5.</param>
/// <param name="Yaw">
/// Degrees the head is turned sideways, -90 to 90; positive when the nose points to the picture's right. Estimated from five points,
/// coarse.
/// </param>
/// <param name="Pitch">Degrees the head is tilted, -90 to 90; positive when the nose points up. Estimated from five points, coarse.</param>
/// <param name="Roll">Degrees the head leans, -180 to 180; positive when clockwise in the picture.</param>
/// <param name="Confidence">The detector's confidence, 0 to 1.</param>
public sealed record FaceQuality(
    float EyeDistancePixels, float Sharpness, float Brightness, float Contrast, float Yaw, float Pitch, float Roll, float Confidence);
