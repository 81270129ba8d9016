namespace FaceGrid.Storage.Sightings;

/// <summary>One report about a visit.</summary>
/// <param name="Position">Its place in the one order of all events. It is larger than all positions that a reader has seen before.</param>
/// <param name="Moment">What happened.</param>
/// <param name="NewVisitor">Whether the event before it named another person, or this is the first event of the visit.</param>
/// <param name="RecordedAt">Microseconds since 1970, by the clock of the database server (PostgreSQL) or of the node (SQLite).</param>
/// <param name="HasPicture">Whether a picture was stored by then.</param>
/// <param name="Payload">The visit at that time, as the caller serialised it.</param>
public sealed record SightingEventRow(
    long Position, SightingMoment Moment, bool NewVisitor, long RecordedAt, bool HasPicture, byte[] Payload);
