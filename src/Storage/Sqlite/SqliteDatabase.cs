using System.Data.Common;
using System.Runtime.CompilerServices;
using FaceGrid.Storage.Sightings;
using Microsoft.Data.Sqlite;

namespace FaceGrid.Storage.Sqlite;

/// <summary>
/// The durable state of a node in one directory: <c>facegrid.db</c> (SQLite, write-ahead log) and <c>facegrid.lock</c>. Grain state is
/// written through <see cref="DataSource"/> by the Orleans ADO.NET provider and read in ranges through <see cref="IGrainRows"/>. All
/// members may be used from many threads at once.
/// </summary>
public sealed class SqliteDatabase : IGridDatabase
{
    /// <summary>
    /// Rows per hop of a range read or a range delete: a few milliseconds of work, so that others get their turn in between.
    /// </summary>
    private const int BatchRows = 512;

    /// <summary>Bytes of payload after which a batch ends early.</summary>
    private const int BatchBytes = 8 << 20;

    private const string Range = "StateName = @state AND GrainIdN0 = 0 AND GrainIdN1 = 0 AND GrainKey >= @from AND GrainKey < @to";

    private readonly FileStream _directoryLock;
    private readonly Writer _writer;
    private readonly Readers _readers;
    private readonly GrainDataSource _source;
    private readonly FreePageErasure _freePages;
    private int _disposed;

    private SqliteDatabase(string path, FileStream directoryLock, SqliteSynchronous synchronous, Session session, FreePageErasure freePages)
    {
        _directoryLock = directoryLock;
        _freePages = freePages;
        Log = new WriteLog(path, synchronous, freePages);
        _writer = new Writer(path, synchronous, session, Log);
        _readers = new Readers(path, synchronous);
        _source = new GrainDataSource(path, _writer, _readers);
        Sightings = new SqliteSightings(_writer, _readers);
        Erasure = new Erasure(path, _writer, Log, freePages);
        _ = Erasure.SweepAsync();
    }

    /// <summary>For tests, which count what an erasure costs.</summary>
    internal Erasure Erasure { get; }

    /// <summary>For tests, which make checkpoints happen often.</summary>
    internal WriteLog Log { get; }

    /// <inheritdoc/>
    public string Invariant => "System.Data.SQLite"; // The name that the providers know; the driver is Microsoft.Data.Sqlite.

    /// <inheritdoc/>
    public DbDataSource DataSource => _source;

    /// <inheritdoc/>
    public ISightingRows Sightings { get; }

    /// <summary>
    /// Opens the database of a directory, creating both when missing, and proves that it can be written. The directory stays locked for
    /// other nodes until this object is disposed. Damage deep inside the file is found when the page is read, not here.
    /// </summary>
    /// <param name="directory">A directory on a local disk.</param>
    /// <param name="synchronous">When a commit counts as done.</param>
    /// <param name="cancellationToken">Stops before the file is opened.</param>
    /// <exception cref="StorageException">
    /// The directory is locked by another node, cannot be written, is full, holds a damaged file or one of a newer release.
    /// </exception>
    public static Task<SqliteDatabase> OpenAsync(string directory, SqliteSynchronous synchronous, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        return Task.Run(() => Open(Path.GetFullPath(directory), synchronous), cancellationToken);
    }

    private static SqliteDatabase Open(string directory, SqliteSynchronous synchronous)
    {
        FileStream held = LockDirectory(directory);
        string file = Path.Combine(directory, "facegrid.db");
        Session? session = null;
        try
        {
            session = Session.Open(file, synchronous, create: true);
            Schema.Ensure(session, file);
            return new SqliteDatabase(file, held, synchronous, session, new FreePageErasure(file));
        }
        catch (Exception e)
        {
            session?.Dispose();
            held.Dispose();
            throw e switch
            {
                SqliteException sqlite => StorageException.From(sqlite, file),
                IOException or UnauthorizedAccessException => StorageException.From(e, file),
                _ => e
            };
        }
    }

    /// <summary>An advisory lock of the operating system: it goes away with the process, so a crash leaves nothing to clean up.</summary>
    private static FileStream LockDirectory(string directory)
    {
        try
        {
            Directory.CreateDirectory(directory);
            return new FileStream(Path.Combine(directory, "facegrid.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw StorageException.From(e, directory);
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<GrainRow> ReadRangeAsync(
        string stateName, string fromKey, string toKey, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        const string Columns = $"SELECT GrainKey, Payload, Version FROM GrainRow WHERE {Range} AND Payload IS NOT NULL";
        string text = $"{Columns} ORDER BY GrainKey LIMIT {BatchRows}";
        string start = fromKey;
        while (true)
        {
            (List<GrainRow> rows, bool more) = await _readers.RunAsync(
                session => ReadBatch(session, text, Bounds(stateName, start, toKey)), cancellationToken).ConfigureAwait(false);
            foreach (GrainRow row in rows)
            {
                yield return row;
            }

            if (!more)
            {
                yield break;
            }

            start = rows[^1].Key;
            text = $"{Columns} AND GrainKey > @from ORDER BY GrainKey LIMIT {BatchRows}";
        }
    }

    private static (List<GrainRow> Rows, bool More) ReadBatch(Session session, string text, SqliteParameter[] bounds)
    {
        List<GrainRow> rows = new(BatchRows);
        long bytes = 0;
        using SqliteDataReader reader = session.Read(text, bounds);
        while (reader.Read())
        {
            var row = new GrainRow(reader.GetString(0), reader.GetFieldValue<byte[]>(1), reader.GetInt32(2));
            rows.Add(row);
            bytes += row.Payload.Length;
            if (bytes >= BatchBytes)
            {
                return (rows, true);
            }
        }

        return (rows, rows.Count == BatchRows);
    }

    /// <inheritdoc/>
    public Task<GrainRow?> ReadAsync(string stateName, string key, CancellationToken cancellationToken) =>
        _readers.RunAsync<GrainRow?>(session =>
    {
        const string Text = "SELECT Payload, Version FROM GrainRow WHERE StateName = @state AND GrainIdN0 = 0 AND GrainIdN1 = 0 AND "
            + "GrainKey = @from AND Payload IS NOT NULL";
        using SqliteDataReader reader = session.Read(Text, [new SqliteParameter("@state", stateName), new SqliteParameter("@from", key)]);
        return reader.Read() ? new GrainRow(key, reader.GetFieldValue<byte[]>(0), reader.GetInt32(1)) : null;
    }, cancellationToken);

    /// <inheritdoc/>
    public Task<long> CountAsync(string stateName, string fromKey, string toKey, CancellationToken cancellationToken) =>
        _readers.RunAsync(session =>
        (long)session.Query(
            $"SELECT count(*) FROM GrainRow WHERE {Range} AND Payload IS NOT NULL",
            Bounds(stateName, fromKey, toKey)).Rows[0][0], cancellationToken);

    /// <inheritdoc/>
    public async Task<long> DeleteRangeAsync(string stateName, string fromKey, string toKey, CancellationToken cancellationToken)
    {
        string text = $"""
            DELETE FROM GrainRow WHERE StateName = @state AND GrainIdN0 = 0 AND GrainIdN1 = 0
            AND GrainKey IN (SELECT GrainKey FROM GrainRow WHERE {Range} ORDER BY GrainKey LIMIT {BatchRows})
            """;
        long total = 0;
        while (true)
        {
            int deleted = await _writer.RunAsync(
                session => session.Query(text, Bounds(stateName, fromKey, toKey)).RecordsAffected,
                alone: false,
                cancellationToken).ConfigureAwait(false);
            total += deleted;
            if (deleted < BatchRows)
            {
                return total;
            }
        }
    }

    /// <summary>
    /// Returns when no byte of a row deleted before the call is left in the database file or its log. Callers share runs; one runs and at
    /// most one waits. It costs two or three flushes to disk and a look at the pages written since the last one; the first after a start
    /// also waits for what is left of a look at the whole file, which begins with the database.
    /// </summary>
    /// <param name="cancellationToken">Stops waiting; the shared run goes on.</param>
    /// <exception cref="StorageException">
    /// Readers were in the way for 10 s (<see cref="StorageReason.Locked"/>), or the disk does not answer. Call again.
    /// </exception>
    public Task EraseFreePagesAsync(CancellationToken cancellationToken) => Erasure.RunAsync(cancellationToken);

    private static SqliteParameter[] Bounds(string stateName, string fromKey, string toKey) =>
        [new("@state", stateName), new("@from", fromKey), new("@to", toKey)];

    /// <summary>Finishes queued writes, closes the file and gives the directory free.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            await _readers.DisposeAsync().ConfigureAwait(false);
            await _writer.DisposeAsync().ConfigureAwait(false);
            _freePages.Dispose(); // After all connections, see its remarks.
            await _directoryLock.DisposeAsync().ConfigureAwait(false);
        }
    }
}
