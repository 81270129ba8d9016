namespace FaceGrid.Abstractions.Cameras;

/// <summary>How a camera's source is doing.</summary>
/// <param name="Connected">Whether frames come, or came within the last few seconds.</param>
/// <param name="Frames">Frames received since the camera was started on its node.</param>
/// <param name="LastFrameAt">When the last one came, or null.</param>
/// <param name="Restarts">How often the source was opened again since then.</param>
/// <param name="Error">Why it does not deliver, in words an operator can act on; null when it does. It never holds a password.</param>
[GenerateSerializer, Immutable]
[Alias("fg.source-health")]
public sealed record SourceHealth(
    [property: Id(0)] bool Connected,
    [property: Id(1)] long Frames,
    [property: Id(2)] DateTimeOffset? LastFrameAt,
    [property: Id(3)] int Restarts,
    [property: Id(4)] string? Error);
