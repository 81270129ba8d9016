using System.Buffers.Binary;
using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace FaceGrid.Storage.Sqlite;

/// <summary>
/// The write-ahead log beside the database file. It decides when the log's pages are copied into the file (a checkpoint) and tells
/// <see cref="FreePageErasure"/> which pages these are. Use it on the writer's thread only.
/// </summary>
/// <remarks>
/// Every page that SQLite changes, whether of a table, an overflow chain or the free list, passes through the log as a frame with its page
/// number (https://sqlite.org/fileformat2.html#the_write_ahead_log). So the log names all pages of the file that can have changed, as
/// long as no frame leaves it unread:
/// <list type="bullet">
/// <item>Sessions do not checkpoint by themselves (wal_autocheckpoint = 0), and a checkpoint here reads the frames first.</item>
/// <item>At all other times the guard, a connection of its own, keeps a read transaction open. When the whole log has been copied, that
/// transaction reads the file alone, and SQLite copies nothing into a file that is read in this way. When another reader kept frames from
/// being copied, the guard reads the log, and SQLite neither restarts nor cuts a log that is read. Either way unread frames stay in the
/// log, whatever a backup tool tries and whichever connection closes.</item>
/// <item>All frames count that SQLite would find after a crash: from the first on, those with the salts of the log's header. Frames of a
/// transaction that was taken back may be among them; one page too many costs microseconds.</item>
/// <item>Where the guard is missing (before the first checkpoint, after a failure), frames may be gone; then the whole file is checked.
/// The same holds after a crash, because page numbers are not kept across a restart.</item>
/// </list>
/// The log grows to <see cref="StepPages"/> and one transaction, plus the pages that are written while one reader stays. That reader is a
/// batch, a count, or a foreign tool, for which only the disk is a limit. Closing the last connection moves the rest into the file and
/// deletes the log.
/// </remarks>
internal sealed class WriteLog(string path, SqliteSynchronous synchronous, FreePageErasure freePages) : IDisposable
{
    private const int HeaderBytes = 32;
    private const int FrameHeaderBytes = 24;

    private readonly string _file = path + "-wal";
    private Session? _guard;
    private long _pages;
    private long _triedPages;

    /// <summary>Pages written between two checkpoints. Default 1000 (32 MiB), as with SQLite's own checkpoints.</summary>
    public int StepPages { get; set; } = 1000;

    /// <summary>
    /// How long a checkpoint waits for readers. Default 20 ms, the time of several of our batches. Writers wait meanwhile.
    /// </summary>
    public int ReaderMilliseconds { get; set; } = 20;

    /// <summary>
    /// Length of the log file in bytes. After a checkpoint the log is overwritten from its beginning and keeps its length.
    /// </summary>
    public long Bytes => new FileInfo(_file) is { Exists: true } log ? log.Length : 0;

    /// <summary>
    /// Counts the pages that <paramref name="session"/> wrote, and makes a checkpoint when it is due. The log keeps its length, because
    /// overwriting it takes half as long as growing it again: single durable writes came to 0.8 thousand/s with it and to 0.35 thousand/s
    /// when each checkpoint cut the log.
    /// </summary>
    public void CheckpointIfDue(Session session)
    {
        _pages += session.TakePagesWritten();
        // A quarter, because each try that a reader blocks reads all frames of a log that has become long.
        if (_pages - _triedPages >= Math.Max(StepPages, _triedPages / 4))
        {
            _triedPages = _pages;
            bool oversized = Bytes > 4L * StepPages * Schema.PageBytes; // After a reader that stayed, or a huge transaction.
            Checkpoint(session, oversized ? "TRUNCATE" : "RESTART");
        }
    }

    /// <summary>
    /// Copies the log into the file and cuts it to length zero, outside of any transaction. After true the file is complete, and nothing
    /// can change it before the next checkpoint. False when a reader is in the way; then the log is unchanged.
    /// </summary>
    public bool TryEmpty(Session session) =>
        // A foreign program may have written before the guard was back. It cannot have emptied the log since.
        Checkpoint(session, "TRUNCATE") && Bytes == 0;

    private bool Checkpoint(Session session, string mode)
    {
        ReadPageNumbers();
        Release();
        try
        {
            session.Execute($"PRAGMA busy_timeout = {ReaderMilliseconds}");
            bool done = Convert.ToInt64(session.Scalar($"PRAGMA wal_checkpoint({mode})"), CultureInfo.InvariantCulture) == 0;
            session.Execute($"PRAGMA busy_timeout = {Session.BusyMilliseconds}");
            if (done)
            {
                _pages = _triedPages = 0;
            }

            return done;
        }
        finally
        {
            Hold();
        }
    }

    /// <summary>
    /// Reads the page numbers of all frames. SQLite locks the database file and the shared memory, never the log. So a handle of the log
    /// may be closed at any time (compare <see cref="FreePageErasure"/>).
    /// </summary>
    private void ReadPageNumbers()
    {
        if (_guard is null)
        {
            freePages.AddAll();
        }

        if (!File.Exists(_file))
        {
            return;
        }

        using SafeFileHandle log = File.OpenHandle(_file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        Span<byte> salts = stackalloc byte[8];
        Span<byte> frame = stackalloc byte[16]; // Page number, pages of the database after a commit, salts.
        RandomAccess.Read(log, salts, 16);
        long at = HeaderBytes;
        while (RandomAccess.Read(log, frame, at) == frame.Length && frame[8..].SequenceEqual(salts))
        {
            freePages.Add(BinaryPrimitives.ReadUInt32BigEndian(frame));
            at += FrameHeaderBytes + Schema.PageBytes;
        }
    }

    private void Hold()
    {
        Session session = _guard ?? Session.Open(path, synchronous, create: false);
        _guard = null;
        try
        {
            session.Execute("BEGIN");
            session.Scalar("SELECT count(*) FROM sqlite_schema"); // The transaction begins with the first page that is read.
            _guard = session;
        }
        finally
        {
            if (_guard is null)
            {
                session.Dispose();
            }
        }
    }

    private void Release()
    {
        if (_guard?.TryRollback() == false)
        {
            Dispose();
        }
    }

    /// <summary>Closes the guard. If it is the last connection, SQLite moves the log into the file and deletes it.</summary>
    public void Dispose()
    {
        _guard?.Dispose();
        _guard = null;
    }
}
