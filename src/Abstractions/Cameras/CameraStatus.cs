namespace FaceGrid.Abstractions.Cameras;

/// <summary>How a camera is doing on the node that runs it. Counts begin when the camera was started there.</summary>
/// <param name="Running">Whether it looks at frames as they come.</param>
/// <param name="Problem">What keeps it from doing its work, in words an operator can act on; null for nothing.</param>
/// <param name="Node">The node, as <c>/v1/cluster</c> names it.</param>
/// <param name="Since">When it was started there.</param>
/// <param name="Source">How its source is doing; null where frames are pushed.</param>
/// <param name="Processed">Frames that were looked at.</param>
/// <param name="Dropped">Frames that were dropped: they came faster than the settings want, or than the node can look at them.</param>
/// <param name="Unusable">Frames that were no pictures.</param>
/// <param name="LastFrameAt">When the last frame that was looked at was taken.</param>
/// <param name="Faces">Faces in it that count.</param>
/// <param name="Published">Number of sighting revisions that are written to the database.</param>
/// <param name="Waiting">Visits that are not written yet, because the database does not answer.</param>
/// <param name="Lost">Revisions that were given up: too many waited, or the database refused them again and again.</param>
/// <param name="Seconds">Where the time went.</param>
[GenerateSerializer, Immutable]
[Alias("fg.camera-status")]
public sealed record CameraStatus(
    [property: Id(0)] bool Running,
    [property: Id(1)] string? Problem,
    [property: Id(2)] string Node,
    [property: Id(3)] DateTimeOffset Since,
    [property: Id(4)] SourceHealth? Source,
    [property: Id(5)] long Processed,
    [property: Id(6)] long Dropped,
    [property: Id(7)] long Unusable,
    [property: Id(8)] DateTimeOffset? LastFrameAt,
    [property: Id(9)] int Faces,
    [property: Id(10)] long Published,
    [property: Id(11)] int Waiting,
    [property: Id(12)] long Lost,
    [property: Id(13)] CameraSeconds Seconds);

/// <summary>Seconds spent on the frames that were looked at, all together.</summary>
/// <param name="Wait">Waiting for a thread or for other faces of a batch.</param>
/// <param name="Decode">Decoding.</param>
/// <param name="Detect">Finding faces.</param>
/// <param name="Embed">Aligning, judging and embedding faces.</param>
/// <param name="Search">Waiting for galleries.</param>
/// <param name="Other">Everything else.</param>
[GenerateSerializer, Immutable]
[Alias("fg.camera-seconds")]
public sealed record CameraSeconds(
    [property: Id(0)] double Wait,
    [property: Id(1)] double Decode,
    [property: Id(2)] double Detect,
    [property: Id(3)] double Embed,
    [property: Id(4)] double Search,
    [property: Id(5)] double Other);
