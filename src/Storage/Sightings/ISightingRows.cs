namespace FaceGrid.Storage.Sightings;

/// <summary>
/// The visits that cameras have seen, the events that report them, and their pictures. Writes run one after the other across all nodes, so
/// events become visible in the order of their positions. A reader that has seen one event never finds a new one before it. All methods may
/// be called at once from many threads, never run on the caller's task scheduler, and throw <see cref="StorageException"/> when the
/// database does not answer.
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
    /// <param name="cancellationToken">Ends the wait. A write that began is finished.</param>
    /// <returns>The outcome. When no answer came, the call may be repeated.</returns>
    Task<SightingOutcome> RecordAsync(SightingRow row, string? personRow, byte[]? picture, CancellationToken cancellationToken);

    /// <summary>Reads one visit, or null.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="cancellationToken">Ends the wait. The call changes nothing.</param>
    Task<SightingRow?> ReadAsync(string id, CancellationToken cancellationToken);

    /// <summary>Reads the picture of a visit, or null.</summary>
    /// <param name="id">Id of the visit.</param>
    /// <param name="cancellationToken">Ends the wait. The call changes nothing.</param>
    Task<byte[]?> ReadPictureAsync(string id, CancellationToken cancellationToken);

    /// <summary>
    /// Lists visits. Visits that began last come first; visits that began at the same time are ordered by id, descending.
    /// </summary>
    /// <param name="filter">Which visits.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Ends the wait. The call changes nothing.</param>
    Task<IReadOnlyList<SightingRow>> ListAsync(SightingFilter filter, int limit, CancellationToken cancellationToken);

    /// <summary>Reads events in their order, together with the end of the order, in one snapshot.</summary>
    /// <param name="after">The position after which to begin; 0 begins with the first event that is kept.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Ends the wait. The call changes nothing.</param>
    Task<SightingEventPage> ReadEventsAsync(long after, int limit, CancellationToken cancellationToken);

    /// <summary>
    /// Erases one visit with its events and its picture. <see cref="IGrainRows.EraseFreePagesAsync"/> then erases their bytes in the files.
    /// </summary>
    /// <param name="id">Its id.</param>
    /// <param name="cancellationToken">Ends the wait. The visit may be erased all the same.</param>
    /// <returns>True when the visit existed.</returns>
    Task<bool> EraseAsync(string id, CancellationToken cancellationToken);

    /// <summary>
    /// Erases the visits of a person, or of all people of a gallery, and every event that names them. It works in batches, so it is not
    /// atomic: call it again after a failure.
    /// </summary>
    /// <param name="gallery">Gallery id.</param>
    /// <param name="person">Person id, or null for all people.</param>
    /// <param name="upTo">Only events up to this position, and visits that named them by then; null for everything.</param>
    /// <param name="cancellationToken">Ends the work between two batches. Earlier batches are erased; repeat the call to finish.</param>
    /// <returns>How many visits and events there were.</returns>
    Task<long> ErasePeopleAsync(string gallery, string? person, long? upTo, CancellationToken cancellationToken);

    /// <summary>
    /// Moves the time by which retention erases; the database keeps it. It never passes the clock and never goes further than
    /// <paramref name="upTo"/>, so a clock that jumps does not take it along. It starts at the time of the newest event, or now where there
    /// is none. A clock that was set back takes it back.
    /// </summary>
    /// <param name="now">The node's clock, microseconds since 1970. PostgreSQL uses its own.</param>
    /// <param name="upTo">The latest time that it may reach, microseconds since 1970. 0 only asks where it is.</param>
    /// <param name="cancellationToken">Ends the wait. The time may be moved all the same.</param>
    /// <returns>The clock, and the time that retention has reached.</returns>
    Task<RetentionTime> AdvanceAsync(long now, long upTo, CancellationToken cancellationToken);

    /// <summary>Erases visits with their pictures, and events, if they were last written before a time. It works in batches.</summary>
    /// <param name="before">Microseconds since 1970.</param>
    /// <param name="cancellationToken">Ends the work between two batches. Earlier batches are erased; repeat the call to finish.</param>
    /// <returns>How many visits and events there were.</returns>
    Task<long> SweepAsync(long before, CancellationToken cancellationToken);
}
