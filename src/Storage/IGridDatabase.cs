using System.Data.Common;
using FaceGrid.Storage.Postgres;
using FaceGrid.Storage.Sightings;
using FaceGrid.Storage.Sqlite;

namespace FaceGrid.Storage;

/// <summary>
/// Where the durable state of a grid lives: <see cref="SqliteDatabase"/> for one node, <see cref="PostgresDatabase"/> for a cluster. All
/// members may be used from many threads at once.
/// </summary>
public interface IGridDatabase : IGrainRows, IAsyncDisposable
{
    /// <summary>What the Orleans ADO.NET providers call the driver behind <see cref="DataSource"/>.</summary>
    string Invariant { get; }

    /// <summary>
    /// What the Orleans ADO.NET providers open their connections from. Owned by this object. Each command they run is one statement,
    /// durable when its task completes; failures are those of the driver.
    /// </summary>
    DbDataSource DataSource { get; }

    /// <summary>What cameras have seen.</summary>
    ISightingRows Sightings { get; }
}
