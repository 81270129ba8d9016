using FaceGrid.Abstractions.Cameras;
using FaceGrid.Cameras.Sources;

namespace FaceGrid.Cameras.Watching;

/// <summary>A frame on its way to be looked at.</summary>
/// <param name="Frame">The frame.</param>
/// <param name="At">Its time on the camera's clock.</param>
/// <param name="ArrivedAt">When it came, as <see cref="TimeProvider.GetTimestamp"/> gave it.</param>
/// <param name="Waiter">
/// Completed with what is seen in the frame, or with null when a newer frame took its place. Null when nobody waits.
/// </param>
internal sealed record OfferedFrame(Frame Frame, TimeSpan At, long ArrivedAt, TaskCompletionSource<CameraView?>? Waiter);
