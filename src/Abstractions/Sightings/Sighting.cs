using FaceGrid.Abstractions.Embedding;

namespace FaceGrid.Abstractions.Sightings;

/// <summary>One visit of one person, or of somebody unknown, at one camera. Told when it is known who comes, again when that changes, and a last time when the visit has ended.</summary>
/// <param name="Id">Id of the visit, 32 hexadecimal digits; the same in everything that is told of it.</param>
/// <param name="Revision">1 when it is first told, one more each time. What is told with a revision that is already known is a repetition and changes nothing.</param>
/// <param name="Camera">Camera id.</param>
/// <param name="Status">Whether the visitor is still there.</param>
/// <param name="FirstSeen">When the first frame with the face was taken.</param>
/// <param name="LastSeen">When the last one was taken, so far.</param>
/// <param name="Gallery">The gallery that knows the person, or null for somebody unknown.</param>
/// <param name="Person">Person id in that gallery, or null.</param>
/// <param name="Visitor">Person id in the camera's gallery of visitors, for somebody unknown who is followed; else null.</param>
/// <param name="Distance">Smallest distance to the person over the frames that voted, 0 to 2; for somebody unknown, to the nearest person; null in an empty gallery.</param>
/// <param name="Threshold">The threshold in force, 0 to 2; null when no gallery was asked.</param>
/// <param name="Margin">How much farther the second nearest person was, 0 to 2; null when there was none.</param>
/// <param name="Confidence">Share of the votes of frames that the decision got, by weight, 0 to 1.</param>
/// <param name="Frames">Frames in which the face was seen.</param>
/// <param name="Liveness">What presentation-attack detection says, or null when nobody asked.</param>
/// <param name="HasPicture">Whether a picture of the visit is kept.</param>
[GenerateSerializer, Immutable]
[Alias("fg.sighting")]
public sealed record Sighting(
    [property: Id(0)] string Id,
    [property: Id(1)] int Revision,
    [property: Id(2)] string Camera,
    [property: Id(3)] SightingStatus Status,
    [property: Id(4)] DateTimeOffset FirstSeen,
    [property: Id(5)] DateTimeOffset LastSeen,
    [property: Id(6)] string? Gallery,
    [property: Id(7)] string? Person,
    [property: Id(8)] string? Visitor,
    [property: Id(9)] float? Distance,
    [property: Id(10)] float? Threshold,
    [property: Id(11)] float? Margin,
    [property: Id(12)] float Confidence,
    [property: Id(13)] int Frames,
    [property: Id(14)] Liveness? Liveness,
    [property: Id(15)] bool HasPicture)
{
    /// <summary>The gallery of visitors that <see cref="Visitor"/> is of, or null. With both, erasing that visitor erases their sightings, too.</summary>
    [Id(16)]
    public string? VisitorGallery { get; init; }
}
