namespace FaceGrid.Storage.Sqlite;

/// <summary>When a commit counts as done. See https://sqlite.org/pragma.html#pragma_synchronous.</summary>
public enum SqliteSynchronous
{
    /// <summary>When the write-ahead log has reached the disk. An acknowledged write survives a power cut. The default of a node.</summary>
    Full,

    /// <summary>
    /// When the write-ahead log has reached the operating system. A commit survives a crash of the process, but a power cut may lose the
    /// last ones.
    /// </summary>
    Normal
}
