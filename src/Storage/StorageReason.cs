namespace FaceGrid.Storage;

/// <summary>Why the database refused to work; what an operator has to look at.</summary>
public enum StorageReason
{
    /// <summary>The directory or the file cannot be written by this process, or the server does not let this user write.</summary>
    ReadOnly,

    /// <summary>No space is left (or the quota is used up). Work goes on by itself when space returns.</summary>
    Full,

    /// <summary>Another node or tool holds the directory, the database or rows in it.</summary>
    Locked,

    /// <summary>The file is not a database or its content is inconsistent. Restore a backup.</summary>
    Damaged,

    /// <summary>The database was written by a newer release. Start that release.</summary>
    NewerSchema,

    /// <summary>
    /// The path cannot be used: missing, not a directory, an input/output error. Or the server does not answer, or not this user:
    /// unreachable, starting, out of connections, unknown database, wrong password. Or the database is closed already.
    /// </summary>
    Unavailable,

    /// <summary>As much work as may wait is waiting already. Nothing was done; try again soon.</summary>
    Busy
}
