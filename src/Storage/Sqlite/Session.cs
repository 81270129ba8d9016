using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace FaceGrid.Storage.Sqlite;

/// <summary>One open SQLite connection with its settings and its prepared statements. Used by one thread at a time.</summary>
internal sealed class Session : IDisposable
{
    /// <summary>
    /// Milliseconds that SQLite waits for a lock that another program (a backup tool) holds. Our own connections never compete for the
    /// write lock.
    /// </summary>
    public const int BusyMilliseconds = 5000;

    /// <summary>
    /// Largest number of kibibytes of pages that one connection may cache. The operating system caches pages of the file as well.
    /// </summary>
    private const int CacheKibibytes = 16384;

    private readonly SqliteConnection _connection;
    private readonly Dictionary<string, SqliteCommand> _statements = [];

    /// <summary>Whether the file was changed behind the connection. Then its cached pages must not be written any more.</summary>
    public bool IsStale { get; set; }

    private Session(SqliteConnection connection) => _connection = connection;

    /// <summary>Opens the file, and creates it when <paramref name="create"/> is set.</summary>
    public static Session Open(string path, SqliteSynchronous synchronous, bool create)
    {
        var opened = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = create ? SqliteOpenMode.ReadWriteCreate : SqliteOpenMode.ReadWrite,
            Pooling = false,
            DefaultTimeout = BusyMilliseconds / 1000
        }.ConnectionString);
        var session = new Session(opened);
        try
        {
            opened.Open();
            session.Execute($"PRAGMA busy_timeout = {BusyMilliseconds}");
            if (create)
            {
                session.Execute($"PRAGMA page_size = {Schema.PageBytes}; PRAGMA auto_vacuum = NONE");
            }

            string mode = (string)session.Scalar("PRAGMA journal_mode = WAL")!;
            if (mode != "wal")
            {
                throw new StorageException(StorageReason.Unavailable,
                    $"The disk of {path} does not support write-ahead logging (got '{mode}'): use a local disk, not a network share.");
            }

            session.Execute($"""
                PRAGMA synchronous = {(synchronous == SqliteSynchronous.Full ? "FULL" : "NORMAL")};
                PRAGMA secure_delete = ON;
                PRAGMA temp_store = MEMORY;
                PRAGMA wal_autocheckpoint = 0;
                PRAGMA cache_size = -{CacheKibibytes};
                """);
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>Runs statements that are needed rarely, without keeping them prepared.</summary>
    public void Execute(string text)
    {
        using SqliteCommand command = _connection.CreateCommand();
        command.CommandText = text;
        command.ExecuteNonQuery();
    }

    /// <summary>Runs a statement without keeping it prepared and returns the first value of its first row.</summary>
    public object? Scalar(string text)
    {
        using SqliteCommand command = _connection.CreateCommand();
        command.CommandText = text;
        return command.ExecuteScalar();
    }

    /// <summary>Runs one statement to its end and returns its whole answer. The statement stays prepared for the next call.</summary>
    public QueryResult Query(string text, IEnumerable<SqliteParameter> parameters)
    {
        using SqliteDataReader reader = Read(text, parameters);
        return QueryResult.From(reader);
    }

    /// <summary>Starts one statement. The caller reads and disposes the reader. The statement stays prepared for the next call.</summary>
    public SqliteDataReader Read(string text, IEnumerable<SqliteParameter> parameters)
    {
        if (!_statements.TryGetValue(text, out SqliteCommand? command))
        {
            command = _connection.CreateCommand();
            command.CommandText = text;
            _statements.Add(text, command);
        }

        command.Parameters.Clear();
        foreach (SqliteParameter parameter in parameters)
        {
            command.Parameters.Add(parameter);
        }

        return command.ExecuteReader();
    }

    /// <summary>Pages that this connection wrote to the log since the last call.</summary>
    public int TakePagesWritten()
    {
        _ = raw.sqlite3_db_status(_connection.Handle, raw.SQLITE_DBSTATUS_CACHE_WRITE, out int pages, out _, resetFlg: 1);
        return pages;
    }

    /// <summary>Ends an open transaction without changes. False when there was none or SQLite already ended it.</summary>
    public bool TryRollback()
    {
        try
        {
            Execute("ROLLBACK");
            return true;
        }
        catch (SqliteException)
        {
            return false; // After some errors (full disk, input/output) SQLite has rolled back by itself.
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (SqliteCommand command in _statements.Values)
        {
            command.Dispose();
        }

        _connection.Dispose();
    }
}
