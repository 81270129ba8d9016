namespace FaceGrid.Abstractions.Sightings;

/// <summary>Which visits are wanted. A member that is null restricts nothing.</summary>
/// <param name="Camera">Seen by this camera.</param>
/// <param name="Gallery">Of a person, or a visitor, in this gallery.</param>
/// <param name="Person">Of the person with this id there; needs <paramref name="Gallery"/>.</param>
/// <param name="Visitor">Of the visitor with this id there; needs <paramref name="Gallery"/>, and no <paramref name="Person"/>.</param>
/// <param name="Unknown">True: of unknown people; visitors who are recognised count as unknown.</param>
/// <param name="Status">Present or ended.</param>
/// <param name="From">First seen at or after this time.</param>
/// <param name="To">First seen before this time.</param>
[GenerateSerializer, Immutable]
[Alias("fg.sighting-query")]
public sealed record SightingQuery(
    [property: Id(0)] string? Camera = null,
    [property: Id(1)] string? Gallery = null,
    [property: Id(2)] string? Person = null,
    [property: Id(3)] string? Visitor = null,
    [property: Id(4)] bool Unknown = false,
    [property: Id(5)] SightingStatus? Status = null,
    [property: Id(6)] DateTimeOffset? From = null,
    [property: Id(7)] DateTimeOffset? To = null)
{
    /// <summary>Whether a visit is wanted.</summary>
    /// <param name="sighting">The visit.</param>
    /// <returns>True when it meets every restriction.</returns>
    public bool Matches(Sighting sighting) =>
        (Camera is null || sighting.Camera == Camera)
        && (Gallery is null || (sighting.Gallery ?? sighting.VisitorGallery) == Gallery)
        && (Person is null || sighting.Person == Person)
        && (Visitor is null || sighting.Visitor == Visitor)
        && (!Unknown || sighting.Person is null)
        && (Status is null || sighting.Status == Status)
        && (From is null || sighting.FirstSeen >= From)
        && (To is null || sighting.FirstSeen < To);
}
