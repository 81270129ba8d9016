namespace FaceGrid.Storage.Sightings;

/// <summary>A visit as it is stored. What lists search for has columns; everything else is in the payload.</summary>
/// <param name="Id">Id of the visit.</param>
/// <param name="Revision">1 for the first, more for each later one.</param>
/// <param name="Camera">Camera id.</param>
/// <param name="Status">0 while the visit lasts; after that nothing changes any more.</param>
/// <param name="FirstSeen">Microseconds since 1970, by the camera's clock.</param>
/// <param name="RecordedAt">
/// Microseconds since 1970, by the clock of the database server, or with SQLite of the node; retention goes by this one, because a camera's
/// clock may say anything.
/// </param>
/// <param name="Gallery">Gallery of the person, or null.</param>
/// <param name="Person">Person id there, or null.</param>
/// <param name="Kind">Who the visitor is.</param>
/// <param name="HasPicture">Whether a picture is kept.</param>
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
