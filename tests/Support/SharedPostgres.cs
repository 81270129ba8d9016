namespace FaceGrid.Tests.Support;

/// <summary>One server for all tests of an assembly that only need a database of their own; made when the first of them asks.</summary>
public sealed class SharedPostgres : IAsyncDisposable
{
    private readonly Lazy<Task<PostgresServer>> _server = new(static () => PostgresServer.CreateAsync(settings: ["autovacuum_naptime=1s", "max_connections=300"]));

    /// <summary>The server. Skips the running test where there is none.</summary>
    public Task<PostgresServer> ServerAsync()
    {
        PostgresServer.Require();
        return _server.Value;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_server.IsValueCreated)
        {
            await (await _server.Value).DisposeAsync();
        }
    }
}
