namespace FaceGrid.Load.Cameras;

/// <summary>What <c>facegrid bench cameras</c> is asked for.</summary>
/// <param name="Cameras">How many.</param>
/// <param name="FramesPerSecond">Frames per second of each.</param>
/// <param name="Address">Where cameras fetch frames; null when they are pushed.</param>
/// <param name="Duration">Measured time.</param>
/// <param name="Warmup">Time before it.</param>
/// <param name="Keep">Whether the cameras stay.</param>
internal sealed record CamerasPlan(int Cameras, double FramesPerSecond, string? Address, TimeSpan Duration, TimeSpan Warmup, bool Keep);
