using System.Net;
using FaceGrid.Abstractions.Cluster;
using FaceGrid.Grains;
using FaceGrid.Storage.Sqlite;
using FaceGrid.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace FaceGrid.Benchmarks.Scatter;

/// <summary>Three silos in this process on one database, which talk over TCP on loopback as processes would; calls come from the first.</summary>
internal sealed class ThreeSilos : IAsyncDisposable
{
    private const int Count = 3;

    private readonly TemporaryDirectory _directory = new();
    private readonly List<IHost> _hosts = [];
    private SqliteDatabase? _database;

    /// <summary>Calls as from code on the first silo.</summary>
    public IGrainFactory Grains => _hosts[0].Services.GetRequiredService<IGrainFactory>();

    /// <summary>Calls as from code on another silo.</summary>
    /// <param name="silo">Its index in <see cref="Silos"/>.</param>
    public IGrainFactory GrainsOf(int silo) => _hosts[silo].Services.GetRequiredService<IGrainFactory>();

    /// <summary>Addresses of the silos in parsable form, the caller's first.</summary>
    public string[] Silos => [.. _hosts.Select(host => host.Services.GetRequiredService<ILocalSiloDetails>().SiloAddress.ToParsableString())];

    /// <summary>Starts the silos.</summary>
    /// <param name="shardPeopleMax">People per shard.</param>
    /// <returns>When all know each other.</returns>
    public static async Task<ThreeSilos> StartAsync(int shardPeopleMax)
    {
        var silos = new ThreeSilos();
        silos._database = await SqliteDatabase.OpenAsync(silos._directory.Path, SqliteSynchronous.Normal, CancellationToken.None);
        int[] ports = FreePorts(2 * Count);
        for (int number = 0; number < Count; number++)
        {
            HostApplicationBuilder builder = Host.CreateApplicationBuilder();
            builder.Logging.SetMinimumLevel(LogLevel.Error);
            (int siloPort, int clientPort) = (ports[2 * number], ports[(2 * number) + 1]);
            builder.UseOrleans(silo =>
            {
                silo.UseLocalhostClustering(siloPort, clientPort, new IPEndPoint(IPAddress.Loopback, ports[0]), "facegrid", "facegrid");
                silo.AddFaceGrid(silos._database, [Roles.People, Roles.Shards], contracts: [], shared: true);
                silo.Services.Configure<GridOptions>(options => options.ShardPeopleMax = shardPeopleMax);
            });
            silos._hosts.Add(builder.Build());
            await silos._hosts[^1].StartAsync();
        }

        await Eventually.AssertAsync(async () =>
        {
            ClusterInfo info = await silos.Grains.GetGrain<IClusterGrain>(0).GetAsync(CancellationToken.None);
            if (info.Nodes.Length != Count)
            {
                throw new InvalidOperationException($"{info.Nodes.Length} of {Count} silos know each other.");
            }
        });
        return silos;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (IHost host in Enumerable.Reverse(_hosts))
        {
            await host.StopAsync();
            host.Dispose();
        }

        await (_database?.DisposeAsync() ?? ValueTask.CompletedTask);
        _directory.Dispose();
    }

    private static int[] FreePorts(int count)
    {
        System.Net.Sockets.TcpListener[] listeners = [.. Enumerable.Range(0, count).Select(_ => new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0))];
        Array.ForEach(listeners, listener => listener.Start());
        int[] ports = [.. listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port)];
        Array.ForEach(listeners, listener => listener.Dispose());
        return ports;
    }
}
