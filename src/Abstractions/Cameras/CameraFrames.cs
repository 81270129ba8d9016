namespace FaceGrid.Abstractions.Cameras;

/// <summary>A frame that is sent to a camera.</summary>
/// <param name="Picture">The encoded picture.</param>
/// <param name="TakenAt">When it was taken, where the sender says; null for now.</param>
/// <param name="Wait">True to answer after the frame was looked at. Such a frame is looked at even if the settings want fewer.</param>
[GenerateSerializer, Immutable]
[Alias("fg.pushed-frame")]
public sealed record PushedFrame(
    [property: Id(0)] byte[] Picture,
    [property: Id(1)] DateTimeOffset? TakenAt,
    [property: Id(2)] bool Wait);

/// <summary>What became of a frame that was sent.</summary>
/// <param name="Accepted">False when it was dropped at once: more came than the settings want.</param>
/// <param name="View">What was seen in it, for a caller that waits; null when a newer frame took its place.</param>
[GenerateSerializer, Immutable]
[Alias("fg.frame-receipt")]
public sealed record FrameReceipt(
    [property: Id(0)] bool Accepted,
    [property: Id(1)] CameraView? View);

/// <summary>The newest frame that was looked at.</summary>
/// <param name="Picture">The encoded picture, as it came.</param>
/// <param name="TakenAt">When it was taken.</param>
/// <param name="View">What was seen in it.</param>
[GenerateSerializer, Immutable]
[Alias("fg.camera-picture")]
public sealed record CameraPicture(
    [property: Id(0)] byte[] Picture,
    [property: Id(1)] DateTimeOffset TakenAt,
    [property: Id(2)] CameraView View);
