using FaceGrid.Storage.Postgres;
using FaceGrid.Storage.Sqlite;

namespace FaceGrid.Storage;

/// <summary>
/// Reads and deletes ranges of the rows of one kind of grain state. Keys are ordered by their UTF-8 bytes, which is the ordinal order for
/// every key without characters beyond the basic plane. Cleared rows (the state is empty, the row is kept) do not exist for these methods.
/// All methods may be called at once from many threads, never run on the caller's task scheduler, and throw <see cref="StorageException"/>
/// where the database does not answer.
/// </summary>
public interface IGrainRows
{
    /// <summary>
    /// Streams the rows with <paramref name="fromKey"/> &lt;= key &lt; <paramref name="toKey"/> in key order. Reads batches of at most 512
    /// rows or about 8 MiB, each in a snapshot of its own. So a slow consumer keeps nothing open and blocks neither writers nor an erasure.
    /// A row that exists during the whole read is returned exactly once, in a version at least as new as at the start. Rows that are
    /// written or deleted meanwhile may or may not be returned.
    /// </summary>
    /// <param name="stateName">The name of the state, for example <c>person</c>.</param>
    /// <param name="fromKey">First key, inclusive.</param>
    /// <param name="toKey">End of the range, exclusive.</param>
    /// <param name="cancellationToken">Ends the stream between two batches. Rows that were returned stay valid.</param>
    IAsyncEnumerable<GrainRow> ReadRangeAsync(string stateName, string fromKey, string toKey, CancellationToken cancellationToken);

    /// <summary>Reads one row, or null when there is none.</summary>
    /// <param name="stateName">The name of the state.</param>
    /// <param name="key">The whole grain key.</param>
    /// <param name="cancellationToken">Ends the wait for a connection. The call changes nothing.</param>
    Task<GrainRow?> ReadAsync(string stateName, string key, CancellationToken cancellationToken);

    /// <summary>Counts the rows of a range without reading large payloads.</summary>
    /// <param name="stateName">The name of the state.</param>
    /// <param name="fromKey">First key, inclusive.</param>
    /// <param name="toKey">End of the range, exclusive.</param>
    /// <param name="cancellationToken">Ends the wait for a connection. The call changes nothing.</param>
    Task<long> CountAsync(string stateName, string fromKey, string toKey, CancellationToken cancellationToken);

    /// <summary>
    /// Deletes the rows of a range, cleared rows included, and returns how many there were. It works in batches, and other writes pass
    /// between them. So it is not atomic: after a failure or a cancellation call it again.
    /// </summary>
    /// <param name="stateName">The name of the state.</param>
    /// <param name="fromKey">First key, inclusive.</param>
    /// <param name="toKey">End of the range, exclusive.</param>
    /// <param name="cancellationToken">Ends the work between two batches. Rows of earlier batches are deleted.</param>
    Task<long> DeleteRangeAsync(string stateName, string fromKey, string toKey, CancellationToken cancellationToken);

    /// <summary>
    /// Removes the bytes that deleted or replaced rows leave behind, as far as this database can. With SQLite no such byte is left when
    /// <see cref="SqliteDatabase.EraseFreePagesAsync"/> returns. <see cref="PostgresDatabase.EraseFreePagesAsync"/> says what stays and for
    /// how long.
    /// </summary>
    /// <param name="cancellationToken">Ends the wait. Work that began goes on.</param>
    /// <exception cref="StorageException">The bytes may still be there. Call again.</exception>
    Task EraseFreePagesAsync(CancellationToken cancellationToken);
}
