using System.Data.Common;
using System.Runtime.InteropServices;
using FaceGrid.Abstractions.Cluster;
using FaceGrid.Abstractions.Embedding;
using FaceGrid.Abstractions.Galleries;
using FaceGrid.Abstractions.People;
using FaceGrid.Abstractions.Search;
using FaceGrid.Cameras;
using FaceGrid.Grains;
using FaceGrid.Grains.Storage;
using FaceGrid.Storage;
using FaceGrid.Storage.Sqlite;
using FaceGrid.Tests.Support;
using FaceGrid.Vision;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Storage;
using Orleans.TestingHost;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Grid;

/// <summary>Silos in this process on one database directory, most without embedders: vectors go in as they are.</summary>
internal sealed class GridCluster : IAsyncDisposable
{
    public const int Dimension = 64;
    public const string Gallery = "people";

    private readonly InProcessTestCluster _cluster;

    private GridCluster(InProcessTestCluster cluster, SqliteDatabase database, FaultyRows rows, WriteFaults writes, Trap trap,
        Interference interference)
    {
        _cluster = cluster;
        Database = database;
        Rows = rows;
        Writes = writes;
        Trap = trap;
        Calls = interference;
    }

    /// <summary>The rows as the grains see them, to make them fail.</summary>
    public FaultyRows Rows { get; }

    /// <summary>Makes single writes of grain state fail.</summary>
    public WriteFaults Writes { get; }

    /// <summary>Breaks operations off at a write.</summary>
    public Trap Trap { get; }

    /// <summary>Looks at every call to a grain, to make some fail.</summary>
    public Interference Calls { get; }

    public SqliteDatabase Database { get; }

    public IGrainFactory Grains => _cluster.Client;

    public static async Task<GridCluster> StartAsync(
        string directory,
        Action<GridOptions>? configure = null,
        int silos = 1,
        FacePipeline? pipeline = null,
        Action<IServiceCollection>? services = null,
        FakeEmbedders? embedders = null,
        string? failing = null)
    {
        SqliteDatabase database = await SqliteDatabase.OpenAsync(directory, SqliteSynchronous.Normal, CancellationToken.None);
        var trap = new Trap();
        var rows = new FaultyRows(database, trap);
        if (failing is not null)
        {
            rows.Failing.Add(failing); // Before a silo runs: each loads the shards that it should hold as soon as it has started.
        }

        var writes = new WriteFaults();
        var interference = new Interference();
        var builder = new InProcessTestClusterBuilder((short)silos);
        builder.Options.AssumeHomogenousSilosForTesting = false;
        builder.ConfigureSiloHost((_, host) => host.Logging.AddConsole().SetMinimumLevel(LogLevel.Warning));
        builder.ConfigureSilo((_, silo) =>
        {
            string[] roles = pipeline is null && embedders is null ? [Roles.People, Roles.Shards]
                : [Roles.People, Roles.Shards, Roles.Embedder];
            silo.AddFaceGrid(database, roles, contracts: [.. (pipeline?.Embedders ?? []).Select(embedder => embedder.ContractId)],
                shared: silos > 1);
            silo.AddFaceGridCameras(roles);
            if (pipeline is not null)
            {
                silo.Services.AddSingleton(pipeline);
            }

            if (embedders is not null)
            {
                silo.Services.AddSingleton<IOutgoingGrainCallFilter>(embedders);
            }

            services?.Invoke(silo.Services);
            silo.Services.AddSingleton<IGrainRows>(new CheckedGrainRows(rows));
            silo.Services.AddKeyedSingleton<IGrainStorage>(
                StateNames.Provider,
                (services, _) => new FaultyStorage(
                    new CheckedGrainStorage(
                        new TrappedStorage(services.GetRequiredKeyedService<IGrainStorage>(GridHosting.RawProvider), trap),
                            services.GetRequiredService<IGrainRows>(), services.GetServices<OptionalState>()), writes));
            silo.Services.AddSingleton<IIncomingGrainCallFilter>(interference);
            silo.Services.Configure<GridOptions>(options =>
            {
                // On a busy machine nobody is to be late but on purpose.
                (options.ApplyDeadline, options.SearchDeadline) = (TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(20));
                configure?.Invoke(options);
            });
        });
        InProcessTestCluster cluster = builder.Build();
        await cluster.DeployAsync();
        await cluster.WaitForClusterManifestToStabilizeAsync();
        return new GridCluster(cluster, database, rows, writes, trap, interference);
    }

    /// <summary>A service of one of the silos.</summary>
    public T Service<T>(int silo = 0)
        where T : notnull => ((InProcessSiloHandle)_cluster.Silos[silo]).SiloHost.Services.GetRequiredService<T>();

    /// <summary>Which of the silos has an address.</summary>
    public int IndexOf(SiloAddress address) =>
        Enumerable.Range(0, _cluster.Silos.Count).First(index => _cluster.Silos[index].SiloAddress.Equals(address));

    public async Task AddSiloAsync() => await _cluster.StartAdditionalSiloAsync();

    public Task StopSiloAsync(int index) => _cluster.StopSiloAsync(_cluster.Silos[index]);

    public Task KillSiloAsync(int index) => _cluster.KillSiloAsync(_cluster.Silos[index]);

    public Task CreateGalleryAsync() =>
        GalleryGrain().PutAsync(new GallerySettings(new Contract("test@1", Dimension), 0.5f, 0.5f), CancellationToken.None);

    public IMigrationGrain MigrationGrain() => Grains.GetGrain<IMigrationGrain>(IGalleryGrain.KeyOf(Gallery));

    public IGalleryGrain GalleryGrain() => Grains.GetGrain<IGalleryGrain>(IGalleryGrain.KeyOf(Gallery));

    public IPersonGrain Person(string id) => Grains.GetGrain<IPersonGrain>(PersonKey.Of(Gallery, id).ToString());

    public Task<WriteResult> EnrolAsync(string person, float[] vector, bool bulk = false) =>
        Person(person).WriteAsync(new PersonWrite(null, null, [Face(vector)], bulk), CancellationToken.None);

    public Task<IdentifyAnswer> IdentifyAsync(params float[][] probes) => IdentifyAsync(5, probes);

    public Task<IdentifyAnswer> IdentifyAsync(int limit, params float[][] probes) => Grains.GetGrain<IIdentifyGrain>(0).IdentifyAsync(
        new IdentifyRequest(Gallery, [.. probes.Select(probe => new Probe(Vectors.ToBytes(probe), null))], limit, null,
            AllowPartial: false), CancellationToken.None);

    public static NewFace Face(float[] vector)
    {
        byte[] bytes = Vectors.ToBytes(vector);
        return new NewFace(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes))[..32], bytes, null, null);
    }

    public static float[] RandomUnit(Random random) => UnitVectors.Random(random, Dimension);

    public static float[] Unit(float[] vector) => Vectors.ToUnit(MemoryMarshal.AsBytes<float>(vector), Dimension);

    /// <summary>Writes over the payload of rows, as a bad disk or a careless hand would.</summary>
    public async Task DamageAsync(string where, string bytes = "x'FFFFFFFFFFFFFFFF'", int rows = 1, string table = "GrainRow")
    {
        await using DbConnection connection = await Database.DataSource.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using DbCommand command = connection.CreateCommand();
        command.CommandText = $"UPDATE {table} SET Payload = {bytes}{(table == "GrainRow" ? ", Version = Version + 1" : "")} WHERE {where}";
        (await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken)).ShouldBe(rows, where);
    }

    public async ValueTask DisposeAsync()
    {
        await _cluster.StopAllSilosAsync();
        await _cluster.DisposeAsync();
        await Database.DisposeAsync();
    }
}
