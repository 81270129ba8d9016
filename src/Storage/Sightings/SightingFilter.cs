namespace FaceGrid.Storage.Sightings;

/// <summary>Which visits a list has; what is null is not asked for.</summary>
/// <param name="Camera">Seen by this camera.</param>
/// <param name="Gallery">The person, or the visitor, is of this gallery.</param>
/// <param name="Person">And has this id there.</param>
/// <param name="Kind">Who the visitor is.</param>
/// <param name="NotPerson">True for visitors of both kinds that are no known person.</param>
/// <param name="Status">0 for those that last.</param>
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
