using FaceGrid.Abstractions.Cameras;
using FaceGrid.Cameras.Sources;

namespace FaceGrid.Cameras.Watching;

/// <summary>A frame on its way to be looked at.</summary>
/// <param name="Frame">The frame.</param>
/// <param name="At">Its time on the camera's clock.</param>
/// <param name="ArrivedAt">When it came, as <see cref="TimeProvider.GetTimestamp"/> gave it.</param>
/// <param name="Waiter">Who waits for what is seen in it: told null when a newer frame took its place. Null for nobody.</param>
internal sealed record OfferedFrame(Frame Frame, TimeSpan At, long ArrivedAt, TaskCompletionSource<CameraView?>? Waiter);
