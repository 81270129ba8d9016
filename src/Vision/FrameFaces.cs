using FaceGrid.Vision.Detection;
using FaceGrid.Vision.Tracking;

namespace FaceGrid.Vision;

/// <summary>What was found in a frame.</summary>
/// <param name="Width">Width of the upright, full-size frame in pixels.</param>
/// <param name="Height">Height of it.</param>
/// <param name="Faces">The faces in full-size pixels, the largest first.</param>
/// <param name="Scene">The frame at a glance.</param>
public sealed record FrameFaces(int Width, int Height, IReadOnlyList<DetectedFace> Faces, SceneSignature Scene);
