namespace FaceGrid.Load.Cameras;

/// <summary>What the caller of <c>facegrid bench cameras</c> asks for.</summary>
/// <param name="Cameras">Number of cameras.</param>
/// <param name="FramesPerSecond">Frames per second of each.</param>
/// <param name="Address">Where cameras fetch frames; null when they are pushed.</param>
/// <param name="Duration">Measured time.</param>
/// <param name="Warmup">Time before the measured time.</param>
/// <param name="Keep">True to leave the cameras in the grid after the run.</param>
internal sealed record CamerasPlan(int Cameras, double FramesPerSecond, string? Address, TimeSpan Duration, TimeSpan Warmup, bool Keep);
