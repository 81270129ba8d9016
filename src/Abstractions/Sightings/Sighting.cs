using FaceGrid.Abstractions.Embedding;

namespace FaceGrid.Abstractions.Sightings;

/// <summary>
/// One visit of one person, known or unknown, at one camera. It is reported when it is decided who comes, again when that changes, and a
/// last time when the visit has ended.
/// </summary>
/// <param name="Id">Id of the visit, 32 hexadecimal digits; the same in all its revisions.</param>
/// <param name="Revision">
/// 1 when it is first reported, one more each time. A revision that is already known is a repetition and changes nothing.
/// </param>
/// <param name="Camera">Camera id.</param>
/// <param name="Status">Whether the visitor is still there.</param>
/// <param name="FirstSeen">When the first frame with the face was taken.</param>
/// <param name="LastSeen">When the last one was taken, so far.</param>
/// <param name="Gallery">The gallery that holds the person, or null for an unknown person.</param>
/// <param name="Person">Person id in that gallery, or null.</param>
/// <param name="Visitor">
/// Person id in the camera's gallery of visitors, for an unknown person who is recognised as a visitor; else null.
/// </param>
/// <param name="Distance">
/// Smallest distance to the person over the frames that voted, 0 to 2. For an unknown person, the distance to the nearest one; null in an
/// empty gallery.
/// </param>
/// <param name="Threshold">The threshold in force, 0 to 2; null when no gallery was asked.</param>
/// <param name="Margin">How much farther the second nearest person was, 0 to 2; null when there was none.</param>
/// <param name="Confidence">Share of the votes of frames that the decision got, by weight, 0 to 1.</param>
/// <param name="Frames">Frames in which the face was seen.</param>
/// <param name="Liveness">Result of presentation-attack detection, or null when it is off.</param>
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
    /// <summary>The gallery that holds <see cref="Visitor"/>, or null. Erasing that visitor erases their sightings, too.</summary>
    [Id(16)]
    public string? VisitorGallery { get; init; }
}
