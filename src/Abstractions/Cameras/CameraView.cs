namespace FaceGrid.Abstractions.Cameras;

/// <summary>What a camera sees: the newest frame that was looked at, in numbers.</summary>
/// <param name="Camera">Camera id.</param>
/// <param name="At">When the frame was taken; null before the first.</param>
/// <param name="Width">Width of the frame in pixels.</param>
/// <param name="Height">Height of the frame in pixels.</param>
/// <param name="Tracks">The faces in it that count.</param>
[GenerateSerializer, Immutable]
[Alias("fg.camera-view")]
public sealed record CameraView(
    [property: Id(0)] string Camera,
    [property: Id(1)] DateTimeOffset? At,
    [property: Id(2)] int Width,
    [property: Id(3)] int Height,
    [property: Id(4)] SeenFace[] Tracks);

/// <summary>A face that is followed.</summary>
/// <param name="Track">Number of its track. No other track gets it while the camera runs on one node.</param>
/// <param name="X">Left edge of its box in pixels of the frame.</param>
/// <param name="Y">Top edge.</param>
/// <param name="Width">Width.</param>
/// <param name="Height">Height.</param>
/// <param name="Decision"><c>match</c>, <c>visitor</c> (unknown, and recognised), <c>unknown</c>, <c>spoof</c> or <c>undecided</c>.</param>
/// <param name="Gallery">The gallery that knows the person or the visitor, or null.</param>
/// <param name="Person">Their id, or null.</param>
/// <param name="Distance">Smallest distance to them, 0 to 2, or null.</param>
/// <param name="Confidence">Share of the votes that the decision got, 0 to 1; 0 while undecided.</param>
/// <param name="Since">When the face came.</param>
/// <param name="Visit">Id of its visit, or null before the decision.</param>
[GenerateSerializer, Immutable]
[Alias("fg.seen-face")]
public sealed record SeenFace(
    [property: Id(0)] int Track,
    [property: Id(1)] float X,
    [property: Id(2)] float Y,
    [property: Id(3)] float Width,
    [property: Id(4)] float Height,
    [property: Id(5)] string Decision,
    [property: Id(6)] string? Gallery,
    [property: Id(7)] string? Person,
    [property: Id(8)] float? Distance,
    [property: Id(9)] float Confidence,
    [property: Id(10)] DateTimeOffset Since,
    [property: Id(11)] string? Visit);
