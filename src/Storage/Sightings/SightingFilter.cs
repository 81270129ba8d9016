namespace FaceGrid.Storage.Sightings;

/// <summary>Chooses the visits of a list. A member that is null restricts nothing.</summary>
/// <param name="Camera">Seen by this camera.</param>
/// <param name="Gallery">The person, or the visitor, is in this gallery.</param>
/// <param name="Person">The person, or the visitor, has this id there.</param>
/// <param name="Kind">Who the visitor is.</param>
/// <param name="NotPerson">True to leave out known people.</param>
/// <param name="Status">0 for visits that have not ended.</param>
/// <param name="From">First seen at or after this time, microseconds since 1970.</param>
/// <param name="To">First seen before this time.</param>
/// <param name="AfterFirstSeen">
/// When the last visit of the page before was first seen. Goes together with <paramref name="AfterId"/>.
/// </param>
/// <param name="AfterId">Id of the last visit of the page before.</param>
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
