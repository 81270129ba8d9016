namespace FaceGrid.Storage.Sightings;

/// <summary>Which visits a list has. A member that is null restricts nothing.</summary>
/// <param name="Camera">Seen by this camera.</param>
/// <param name="Gallery">The person, or the visitor, is in this gallery.</param>
/// <param name="Person">The person, or the visitor, has this id there.</param>
/// <param name="Kind">Who the visitor is.</param>
/// <param name="NotPerson">True to leave out known people.</param>
/// <param name="Status">0 for visits that last.</param>
/// <param name="From">First seen at or after this time, microseconds since 1970.</param>
/// <param name="To">First seen before this time.</param>
/// <param name="AfterFirstSeen">With <paramref name="AfterId"/> the last visit of the page before.</param>
/// <param name="AfterId">See there.</param>
public sealed record SightingFilter(
    string? Camera = null,
    string? Gallery = null,
    string? Person = null,
    SightingKind? Kind = null,
    bool NotPerson = false,
    int? Status = null,
    long? From = null,
    long? To = null,
    long? AfterFirstSeen = null,
    string? AfterId = null);
