using System.Collections.Immutable;
using System.Globalization;

namespace FaceGrid.Tests.Support;

/// <summary>
/// A cluster of real processes on loopback with a PostgreSQL of its own. Every node holds people and shards and serves HTTP; none reads pictures unless its settings say so. Faults are inflicted by one caller at a time;
/// any number may read which nodes there are.
/// </summary>
public sealed class GridProcesses : IAsyncDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly (string Key, string Value)[] _settings;
    private ImmutableSortedDictionary<string, NodeProcess> _running = ImmutableSortedDictionary<string, NodeProcess>.Empty;
    private ImmutableHashSet<string> _frozen = [];
    private ImmutableDictionary<string, NodeLink> _links = ImmutableDictionary<string, NodeLink>.Empty;
    private int _named;

    private GridProcesses(PostgresServer database, string connectionString, (string Key, string Value)[] settings)
    {
        Database = database;
        ConnectionString = connectionString;
        _settings = settings;
    }

    /// <summary>Where the nodes meet and keep their rows.</summary>
    public PostgresServer Database { get; }

    /// <summary>How to connect to their database.</summary>
    public string ConnectionString { get; }

    /// <summary>Nodes whose process runs, frozen or not, by name.</summary>
    public IReadOnlyDictionary<string, NodeProcess> Running => _running;

    /// <summary>Nodes that run, are not frozen and have not ended by themselves, by name: those that a load balancer with health checks would send requests to.</summary>
    public IReadOnlyDictionary<string, NodeProcess> Serving
    {
        get
        {
            ImmutableHashSet<string> frozen = _frozen;
            return _running.RemoveRange(frozen).Where(node => !HasEnded(node.Value)).ToImmutableSortedDictionary();
        }
    }

    /// <summary>Starts a database and nodes called <c>node-1</c>, <c>node-2</c>..., all at once, and waits until they are ready. Skips the running test where there is no PostgreSQL.</summary>
    /// <param name="nodes">How many.</param>
    /// <param name="settings">Further settings of every node.</param>
    public static async Task<GridProcesses> StartAsync(int nodes, params (string Key, string Value)[] settings)
    {
        PostgresServer.Require();
        PostgresServer database = await PostgresServer.CreateAsync(settings: ["max_connections=300"]);
        var grid = new GridProcesses(database, await database.CreateDatabaseAsync(), settings);
        try
        {
            await Task.WhenAll(Enumerable.Range(0, nodes).Select(_ => grid.AddAsync()));
            return grid;
        }
        catch
        {
            await grid.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts one more node and waits until it is ready.</summary>
    /// <returns>Its name.</returns>
    public async Task<string> AddAsync()
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"node-{Interlocked.Increment(ref _named)}");
        await StartAsync(name);
        return name;
    }

    /// <summary>Starts a node that was stopped or killed, under its name and at other ports, and waits until it is ready.</summary>
    /// <param name="name">Its name.</param>
    public async Task StartAsync(string name)
    {
        int port = NodeProcess.FreePort();
        var link = new NodeLink(port);
        ImmutableInterlocked.Update(ref _links, static (links, added) => links.SetItem(added.name, added.link), (name, link));
        NodeProcess node = await NodeProcess.StartAsync(
            _directory.Path,
            [
                ("FaceGrid__Database", ConnectionString), ("FaceGrid__Name", name), ("FaceGrid__SiloPort", Text(link.Port)), ("FaceGrid__Cluster__ListenPort", Text(port)),
                ("FaceGrid__Roles__0", "people"), ("FaceGrid__Roles__1", "shards"), ("FaceGrid__Roles__2", "gateway"),
                .. _settings,
            ]);
        ImmutableInterlocked.Update(ref _running, static (running, added) => running.SetItem(added.name, added.node), (name, node));
    }

    /// <summary>Starts a gateway of its own in front of the nodes, and waits until it is ready. Whoever starts it ends it.</summary>
    /// <param name="port">Where it listens.</param>
    public Task<NodeProcess> StartGatewayAsync(int port) => NodeProcess.StartGatewayAsync(port, ("FaceGrid__Database", ConnectionString));

    /// <summary>The network between the other nodes and this one. What the node itself began to say to others goes over their links.</summary>
    /// <param name="name">Its name.</param>
    public NodeLink Link(string name) => _links[name];

    /// <summary>Ends a node as a power cut would.</summary>
    /// <param name="name">Its name.</param>
    public async Task KillAsync(string name)
    {
        NodeProcess node = Leave(name);
        await node.KillAsync();
        await CloseAsync(name, node);
    }

    /// <summary>Ends a node as an operator does.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>Its exit code and everything it has printed.</returns>
    public async Task<(int ExitCode, string Output)> StopAsync(string name)
    {
        NodeProcess node = Leave(name);
        int code = await node.StopAsync();
        string said = node.Output;
        await CloseAsync(name, node);
        return (code, said);
    }

    /// <summary>Freezes a node.</summary>
    /// <param name="name">Its name.</param>
    public void Freeze(string name)
    {
        ImmutableInterlocked.Update(ref _frozen, static (frozen, name) => frozen.Add(name), name);
        _running[name].Freeze();
    }

    /// <summary>Lets a frozen node go on. It may find that it was declared dead meanwhile, and end.</summary>
    /// <param name="name">Its name.</param>
    public void Thaw(string name)
    {
        _running[name].Thaw();
        ImmutableInterlocked.Update(ref _frozen, static (frozen, name) => frozen.Remove(name), name);
    }

    /// <summary>Forgets a node whose process has ended by itself.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>Everything it had printed.</returns>
    public async Task<string> ForgetAsync(string name)
    {
        NodeProcess node = Leave(name);
        string said = node.Output;
        await CloseAsync(name, node);
        return said;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (string name in _running.Keys)
        {
            await KillAsync(name);
        }

        await Database.DisposeAsync();
        _directory.Dispose();
    }

    private static bool HasEnded(NodeProcess node)
    {
        try
        {
            return node.Process.HasExited;
        }
        catch (InvalidOperationException)
        {
            return true; // Forgotten since we looked.
        }
    }

    private async Task CloseAsync(string name, NodeProcess node)
    {
        await _links[name].DisposeAsync();
        await node.DisposeAsync();
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private NodeProcess Leave(string name)
    {
        NodeProcess node = _running[name];
        ImmutableInterlocked.Update(ref _running, static (running, name) => running.Remove(name), name);
        ImmutableInterlocked.Update(ref _frozen, static (frozen, name) => frozen.Remove(name), name);
        return node;
    }
}
