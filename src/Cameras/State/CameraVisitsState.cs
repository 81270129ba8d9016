namespace FaceGrid.Cameras.State;

/// <summary>
/// The open visits of a camera beside their sightings, a few seconds old at most: the node that takes the camera over goes on with them. It
/// holds no embedding, so nothing has to be erased with a person.
/// </summary>
[GenerateSerializer]
[Alias("fg.camera-visits-state")]
public sealed class CameraVisitsState
{
    /// <summary>The visits.</summary>
    [Id(0)]
    public List<OpenVisit> Visits { get; set; } = [];
}

/// <summary>An open visit.</summary>
/// <param name="Id">Its id.</param>
/// <param name="LastSeen">When the face was seen last.</param>
/// <param name="Frames">Frames in which it was seen.</param>
/// <param name="Box">Where it was seen last: left, top, width and height in pixels of the frame.</param>
[GenerateSerializer, Immutable]
[Alias("fg.open-visit")]
public sealed record OpenVisit(
    [property: Id(0)] string Id,
    [property: Id(1)] DateTimeOffset LastSeen,
    [property: Id(2)] int Frames,
    [property: Id(3)] float[] Box);
