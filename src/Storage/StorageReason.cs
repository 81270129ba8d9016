namespace FaceGrid.Storage;

/// <summary>Why the database refused to work. It tells an operator where to look.</summary>
public enum StorageReason
{
    /// <summary>The directory or the file cannot be written by this process, or the server does not let this user write.</summary>
    ReadOnly,

    /// <summary>No space is left (or the quota is used up). Work goes on by itself when space returns.</summary>
    Full,

    /// <summary>Another node or tool has locked the directory, the database or rows in it.</summary>
    Locked,

    /// <summary>The file is not a database or its content is inconsistent. Restore a backup.</summary>
    Damaged,

    /// <summary>The database was written by a newer release. Start that release.</summary>
    NewerSchema,

    /// <summary>
    /// The path cannot be used: it is missing, is not a directory, or has an input/output error. Or the server does not answer, or not to
    /// this user: unreachable, starting, out of connections, unknown database, wrong password. Or the database is closed already.
    /// </summary>
    Unavailable,

    /// <summary>The queue of work is full. Nothing was done; try again soon.</summary>
    Busy
}
