using Microsoft.Data.Sqlite;

namespace FaceGrid.Storage;

/// <summary>The durable store could not do what was asked; the message tells an operator what to do.</summary>
public sealed class StorageException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="reason">The kind of failure.</param>
    /// <param name="message">A sentence that names the path or the server and what to do; never a password.</param>
    /// <param name="inner">What the driver or the file system reported, if anything.</param>
    public StorageException(StorageReason reason, string message, Exception? inner = null)
        : base(message, inner) => Reason = reason;

    /// <summary>The kind of failure.</summary>
    public StorageReason Reason { get; }

    /// <summary>
    /// Whether the server was only not there, not ready or out of connections, so that it may be later without anybody changing a
    /// setting.
    /// </summary>
    public bool MayPass { get; init; }

    /// <summary>The refusal of work for which there is no room.</summary>
    internal static StorageException Busy(string database) =>
        new(StorageReason.Busy, $"The database {database} has too much to do; try again.");

    /// <summary>Translates an SQLite result code (https://sqlite.org/rescode.html).</summary>
    internal static StorageException From(SqliteException e, string path)
    {
        // A full disk also shows up as SQLITE_IOERR_SHMSIZE (4874): the shared memory file beside the log cannot grow.
        StorageReason reason = e.SqliteExtendedErrorCode == 4874 ? StorageReason.Full : e.SqliteErrorCode switch
        {
            3 or 8 => StorageReason.ReadOnly,
            13 => StorageReason.Full,
            5 or 6 => StorageReason.Locked,
            11 or 26 => StorageReason.Damaged,
            _ => StorageReason.Unavailable
        };
        return new StorageException(reason, $"{Advice(reason, path)} ({e.Message})", e);
    }

    /// <summary>Translates a file system failure; on Unix the low half of the HResult is errno.</summary>
    internal static StorageException From(Exception e, string path)
    {
        StorageReason reason = e is UnauthorizedAccessException ? StorageReason.ReadOnly : (e.HResult & 0xFFFF) switch
        {
            30 or 19 => StorageReason.ReadOnly, // EROFS; ERROR_WRITE_PROTECT
            28 or 122 or 112 => StorageReason.Full, // ENOSPC, EDQUOT; ERROR_DISK_FULL
            11 or 32 or 33 => StorageReason.Locked, // EWOULDBLOCK; ERROR_SHARING_VIOLATION, ERROR_LOCK_VIOLATION
            _ => StorageReason.Unavailable
        };
        return new StorageException(reason, $"{Advice(reason, path)} ({e.Message})", e);
    }

    private static string Advice(StorageReason reason, string path) => reason switch
    {
        StorageReason.ReadOnly => $"Cannot write to {path}: give this user write permission or mount it read-write.",
        StorageReason.Full => $"No space left for {path}: free disk space or raise the quota; the node goes on by itself afterwards.",
        StorageReason.Locked => $"{path} is in use by another node or tool: stop it, or give each node its own data directory.",
        StorageReason.Damaged => $"The database {path} is damaged: stop the node, keep a copy of the file and restore the latest backup.",
        _ => $"The database {path} is not available: check that the directory exists and that its disk works."
    };
}
