using System.Data.Common;
using FaceGrid.Storage.Postgres;
using FaceGrid.Storage.Sightings;
using FaceGrid.Storage.Sqlite;

namespace FaceGrid.Storage;

/// <summary>
/// The database that holds the durable state of a grid: <see cref="SqliteDatabase"/> for one node, <see cref="PostgresDatabase"/> for a
/// cluster. All members may be used from many threads at once.
/// </summary>
public interface IGridDatabase : IGrainRows, IAsyncDisposable
{
    /// <summary>The name by which the Orleans ADO.NET providers know the driver behind <see cref="DataSource"/>.</summary>
    string Invariant { get; }

    /// <summary>
    /// The source of the connections of the Orleans ADO.NET providers. This object owns it. Each command is one statement and is durable
    /// when its task completes. Failures are those of the driver.
    /// </summary>
    DbDataSource DataSource { get; }

    /// <summary>The visits that cameras have seen.</summary>
    ISightingRows Sightings { get; }
}
