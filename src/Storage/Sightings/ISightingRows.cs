namespace FaceGrid.Storage.Sightings;

/// <summary>
/// The visits that cameras have seen, the events that report them, and their pictures. Writes happen one after the other, on all nodes
/// together, so events become visible in the order of their positions: a reader that has seen one never finds a new one before it. All
/// methods may be called at once from many threads, never run on the caller's task scheduler, and throw <see cref="StorageException"/> when
/// the database does not answer.
/// </summary>
public interface ISightingRows
{
    /// <summary>Writes a visit, its event and its picture in one transaction, when its revision is new.</summary>
    /// <param name="row">
    /// The visit. Its <see cref="SightingRow.HasPicture"/> is ignored. PostgreSQL ignores its <see cref="SightingRow.RecordedAt"/>, too:
    /// that server has a clock for all nodes.
    /// </param>
    /// <param name="personRow">
    /// Key of the person's row of grain state. It must exist when the visit did not name that person before. Null for nobody.
    /// </param>
    /// <param name="picture">A picture that replaces the one that is kept, or null.</param>
    /// <param name="cancellationToken">Stops waiting; a write that began is carried through.</param>
    /// <returns>What became of it. May be called again when no answer came.</returns>
    Task<SightingOutcome> RecordAsync(SightingRow row, string? personRow, byte[]? picture, CancellationToken cancellationToken);

    /// <summary>Reads one visit, or null.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    Task<SightingRow?> ReadAsync(string id, CancellationToken cancellationToken);

    /// <summary>Reads the picture of a visit, or null.</summary>
    /// <param name="id">Id of the visit.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    Task<byte[]?> ReadPictureAsync(string id, CancellationToken cancellationToken);

    /// <summary>Lists visits, those that began last first; ties by id, descending.</summary>
    /// <param name="filter">Which ones.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    Task<IReadOnlyList<SightingRow>> ListAsync(SightingFilter filter, int limit, CancellationToken cancellationToken);

    /// <summary>Reads events in their order, all in one snapshot with how far the order reaches.</summary>
    /// <param name="after">Position after which to begin; 0 for the first that is kept.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    Task<SightingEventPage> ReadEventsAsync(long after, int limit, CancellationToken cancellationToken);

    /// <summary>
    /// Erases one visit with its events and its picture. <see cref="IGrainRows.EraseFreePagesAsync"/> erases what is left of it in the
    /// files.
    /// </summary>
    /// <param name="id">Its id.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>True when there was something.</returns>
    Task<bool> EraseAsync(string id, CancellationToken cancellationToken);

    /// <summary>
    /// Erases the visits of a person, or of everybody in a gallery, and every event that names them. It works in batches, so it is not
    /// atomic: call it again after a failure.
    /// </summary>
    /// <param name="gallery">Gallery id.</param>
    /// <param name="person">Person id, or null for everybody.</param>
    /// <param name="upTo">Only events up to this position, and visits that named them by then; null for everything.</param>
    /// <param name="cancellationToken">Stops between two batches.</param>
    /// <returns>How many visits and events there were.</returns>
    Task<long> ErasePeopleAsync(string gallery, string? person, long? upTo, CancellationToken cancellationToken);

    /// <summary>
    /// Moves the time that retention goes by, which the database keeps. It never passes the clock, and it never goes further than the
    /// caller allows, so a clock that jumps does not take it along. At first it is the time of the newest event, or now where there is
    /// none. A clock that was set back takes it back.
    /// </summary>
    /// <param name="now">The node's clock, microseconds since 1970; PostgreSQL goes by its own.</param>
    /// <param name="upTo">How far it may go, microseconds since 1970; 0 only asks where it is.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The clock and where retention is.</returns>
    Task<RetentionTime> AdvanceAsync(long now, long upTo, CancellationToken cancellationToken);

    /// <summary>Erases visits with their pictures, and events, that were last written before a time. It works in batches.</summary>
    /// <param name="before">Microseconds since 1970.</param>
    /// <param name="cancellationToken">Stops between two batches.</param>
    /// <returns>How many visits and events there were.</returns>
    Task<long> SweepAsync(long before, CancellationToken cancellationToken);
}
