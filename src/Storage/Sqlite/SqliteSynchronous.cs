namespace FaceGrid.Storage.Sqlite;

/// <summary>When a commit counts as done. See https://sqlite.org/pragma.html#pragma_synchronous.</summary>
public enum SqliteSynchronous
{
    /// <summary>After the write-ahead log reached the disk: an acknowledged write survives a power cut. The default of a node.</summary>
    Full,

    /// <summary>
    /// After the write-ahead log reached the operating system: survives a crash of the process, may lose the last commits at a power cut.
    /// </summary>
    Normal
}
