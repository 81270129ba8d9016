namespace FaceGrid.Storage.Sightings;

/// <summary>A visit as it is stored. Values that lists search by have columns; the payload holds the rest.</summary>
/// <param name="Id">Id of the visit.</param>
/// <param name="Revision">1 for the first, larger for each later one.</param>
/// <param name="Camera">Camera id.</param>
/// <param name="Status">0 while the visit lasts. Once it has ended, nothing changes any more.</param>
/// <param name="FirstSeen">Microseconds since 1970, by the camera's clock.</param>
/// <param name="RecordedAt">
/// Microseconds since 1970, by the clock of the database server (PostgreSQL) or of the node (SQLite). Retention uses this time, because a
/// camera's clock may be wrong.
/// </param>
/// <param name="Gallery">Gallery of the person, or null.</param>
/// <param name="Person">Person id there, or null.</param>
/// <param name="Kind">Who the visitor is.</param>
/// <param name="HasPicture">Whether a picture is stored.</param>
/// <param name="Payload">The rest, as the caller serialised it.</param>
public sealed record SightingRow(
    string Id,
    int Revision,
    string Camera,
    int Status,
    long FirstSeen,
    long RecordedAt,
    string? Gallery,
    string? Person,
    SightingKind Kind,
    bool HasPicture,
    byte[] Payload);
