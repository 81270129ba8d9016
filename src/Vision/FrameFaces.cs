using FaceGrid.Vision.Detection;
using FaceGrid.Vision.Tracking;

namespace FaceGrid.Vision;

/// <summary>The faces found in a frame.</summary>
/// <param name="Width">Width of the upright, full-size frame in pixels.</param>
/// <param name="Height">Height of the upright, full-size frame in pixels.</param>
/// <param name="Faces">The faces in full-size pixels, the largest first.</param>
/// <param name="Scene">The brightness pattern of the frame, which shows a cut to another scene.</param>
public sealed record FrameFaces(int Width, int Height, IReadOnlyList<DetectedFace> Faces, SceneSignature Scene);
