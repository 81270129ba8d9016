namespace FaceGrid.Storage.Sightings;

/// <summary>An event: what was reported of a visit.</summary>
/// <param name="Position">Its place in the one order of all events; each is larger than all that a reader has seen before.</param>
/// <param name="Moment">What happened.</param>
/// <param name="NewVisitor">
/// Whether no event of the visit before named the same person: it is the first event, or it names another person.
/// </param>
/// <param name="RecordedAt">Microseconds since 1970, by the clock of the database server, or with SQLite of the node.</param>
/// <param name="HasPicture">Whether a picture was kept by then.</param>
/// <param name="Payload">The visit as it stood, as the caller serialised it.</param>
public sealed record SightingEventRow(
    long Position, SightingMoment Moment, bool NewVisitor, long RecordedAt, bool HasPicture, byte[] Payload);
