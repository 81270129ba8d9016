using System.Data;
using System.Data.Common;
using Npgsql;

namespace FaceGrid.Storage.Postgres;

/// <summary>
/// The driver's pool with one addition: when a connection breaks, the idle ones are thrown away, too. A server that stops breaks all of
/// them, and the driver notices each only when it is used. So a restart of the server fails the calls that were under way and one more, not
/// one for each idle connection.
/// </summary>
internal sealed class PostgresDataSource(NpgsqlConnectionStringBuilder settings) : DbDataSource
{
    /// <summary>
    /// Largest number of callers that may wait for a connection: about a second of work of the pool (1,400 commits a second were measured).
    /// Without this limit they would wait until the driver's timeout.
    /// </summary>
    internal const int WaitingMax = 2048;

    private NpgsqlDataSource _pool = NpgsqlDataSource.Create(settings);

    private int _waiting;

    public override string ConnectionString => _pool.ConnectionString;

    /// <summary>
    /// Gives new connections another name at the server. Connections in use keep their name until they are given back, and then close.
    /// </summary>
    public void Rename(string name)
    {
        NpgsqlDataSource before = Interlocked.Exchange(
            ref _pool, NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(settings.ConnectionString) { ApplicationName = name }));
        before.Dispose();
    }

    /// <summary>Opens a connection of the pool.</summary>
    /// <exception cref="StorageException">
    /// <see cref="StorageReason.Busy"/>: <see cref="WaitingMax"/> callers wait for a connection.
    /// </exception>
    public async ValueTask<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            return Interlocked.Increment(ref _waiting) <= WaitingMax
                ? Watch(await _pool.OpenConnectionAsync(cancellationToken).ConfigureAwait(false))
                : throw StorageException.Busy("of this grid");
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    protected override DbConnection CreateDbConnection() => Watch(_pool.CreateConnection());

    protected override DbConnection OpenDbConnection() => Watch(_pool.OpenConnection());

    protected override async ValueTask<DbConnection> OpenDbConnectionAsync(CancellationToken cancellationToken = default) =>
        await OpenAsync(cancellationToken).ConfigureAwait(false);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _pool.Dispose();
        }

        base.Dispose(disposing);
    }

    protected override ValueTask DisposeAsyncCore() => _pool.DisposeAsync();

    private NpgsqlConnection Watch(NpgsqlConnection connection)
    {
        connection.StateChange += (_, _) =>
        {
            if (connection.FullState.HasFlag(ConnectionState.Broken))
            {
                _pool.Clear();
            }
        };
        return connection;
    }
}
