using System.Data.Common;
using System.Runtime.CompilerServices;
using FaceGrid.Storage.Sightings;
using Microsoft.Data.Sqlite;

namespace FaceGrid.Storage.Sqlite;

/// <summary>
/// The durable state of a node in one directory: <c>facegrid.db</c> (SQLite, write-ahead log) and <c>facegrid.lock</c>. The Orleans ADO.NET
/// provider writes grain state through <see cref="DataSource"/>; <see cref="IGrainRows"/> reads it in ranges. All members may be used from
/// many threads at once.
/// </summary>
public sealed class SqliteDatabase : IGridDatabase
{
    /// <summary>Rows per batch of a range read or a range delete: a few milliseconds of work, so that other calls run in between.</summary>
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

    /// <summary>For tests, which count the work of an erasure.</summary>
    internal Erasure Erasure { get; }

    /// <summary>For tests, which make checkpoints frequent.</summary>
    internal WriteLog Log { get; }

    /// <inheritdoc/>
    public string Invariant => "System.Data.SQLite"; // The name that the providers know; the driver is Microsoft.Data.Sqlite.

    /// <inheritdoc/>
    public DbDataSource DataSource => _source;

    /// <inheritdoc/>
    public ISightingRows Sightings { get; }

    /// <summary>
    /// Opens the database of a directory and proves that it can be written. It creates both when they are missing. The directory stays
    /// locked for other nodes until this object is disposed. Damage deep inside the file is found when the page is read, not here.
    /// </summary>
    /// <param name="directory">A directory on a local disk.</param>
    /// <param name="synchronous">When a commit counts as done.</param>
    /// <param name="cancellationToken">Ends the call before the file is opened. Once it is opened, the call runs to its end.</param>
    /// <exception cref="StorageException">
    /// Another node holds the directory; the directory cannot be written or its disk is full; or its file is damaged or comes from a newer
    /// release.
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

    /// <summary>Takes an advisory lock of the operating system. It ends with the process, so a crash leaves nothing to clean up.</summary>
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
    public Task<GrainRow?> ReadAsync(string stateName, string key, CancellationToken cancellationToken)
    {
        const string Text = "SELECT Payload, Version FROM GrainRow "
            + "WHERE StateName = @state AND GrainIdN0 = 0 AND GrainIdN1 = 0 AND GrainKey = @from AND Payload IS NOT NULL";
        return _readers.RunAsync<GrainRow?>(Read, cancellationToken);

        GrainRow? Read(Session session)
        {
            SqliteParameter[] parameters = [new("@state", stateName), new("@from", key)];
            using SqliteDataReader reader = session.Read(Text, parameters);
            return reader.Read() ? new GrainRow(key, reader.GetFieldValue<byte[]>(0), reader.GetInt32(1)) : null;
        }
    }

    /// <inheritdoc/>
    public Task<long> CountAsync(string stateName, string fromKey, string toKey, CancellationToken cancellationToken) =>
        _readers.RunAsync(
            session => (long)session.Query(
                $"SELECT count(*) FROM GrainRow WHERE {Range} AND Payload IS NOT NULL", Bounds(stateName, fromKey, toKey)).Rows[0][0],
            cancellationToken);

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
    /// Returns when the database file and its log hold no byte of a row that was deleted before the call. Calls share runs: one runs and at
    /// most one waits. A run costs two or three flushes to disk and a look at the pages written since the last one. The first run after a
    /// start also waits for the rest of a look at the whole file, which begins when the database is opened.
    /// </summary>
    /// <param name="cancellationToken">Ends the wait. The shared run goes on.</param>
    /// <exception cref="StorageException">
    /// Readers were in the way for 10 s (<see cref="StorageReason.Locked"/>), or the disk does not answer. Call again.
    /// </exception>
    public Task EraseFreePagesAsync(CancellationToken cancellationToken) => Erasure.RunAsync(cancellationToken);

    private static SqliteParameter[] Bounds(string stateName, string fromKey, string toKey) =>
        [new("@state", stateName), new("@from", fromKey), new("@to", toKey)];

    /// <summary>Finishes queued writes, closes the file and unlocks the directory.</summary>
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
