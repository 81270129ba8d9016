using FaceGrid.Cameras;
using FaceGrid.Gateway;
using FaceGrid.Gateway.Observability;
using FaceGrid.Grains;
using FaceGrid.Grains.Placement;
using FaceGrid.Models;
using FaceGrid.Silo;
using FaceGrid.Storage;
using FaceGrid.Storage.Postgres;
using FaceGrid.Storage.Sqlite;
using FaceGrid.Vision;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

// A node of the grid. With nothing configured it plays every role in one process, on one SQLite file, on loopback.
WebApplicationBuilder builder = WebApplication.CreateBuilder(args);
builder.Logging.AddFilter("Orleans", LogLevel.Warning);
builder.Logging.AddFilter("Microsoft.Orleans", LogLevel.Warning);
builder.Logging.AddFilter("Orleans.Runtime.Watchdog", LogLevel.Error); // Orleans 10.4 warns at each start that its own watchdog is late.
builder.Logging.AddFilter("Polly", LogLevel.Warning);
builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
builder.Logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.Critical); // "Not ready yet" is an answer of /health/ready, not a failure.

try
{
    NodeOptions node = NodeConfiguration.Read(builder.Configuration);
    string[] roles = NodeConfiguration.RolesOf(node);
    CheckAddresses(builder.Configuration);
    builder.WebHost.UseUrls([.. GatewayAddressPolicy.AddressesOf(builder.Configuration)]);

    await using IGridDatabase database = node.Database is { } connection
        ? await DatabaseStart.OpenAsync(connection, node.DatabaseWait, TimeProvider.System, Console.Out, CancellationToken.None)
        : await SqliteDatabase.OpenAsync(node.DataDirectory, node.Synchronous, CancellationToken.None);
    using FacePipeline? pipeline = roles.Contains(Roles.Embedder) ? await OpenPipelineAsync(builder.Configuration) : null;
    if (pipeline is not null)
    {
        builder.Services.AddSingleton(pipeline);
    }

    builder.Services.AddSingleton<Warmup>();
    builder.Services.AddHostedService(static services => services.GetRequiredService<Warmup>());
    builder.Services.AddHealthChecks().AddCheck<Warmup>("galleries");
    builder.UseOrleans(silo =>
    {
        if (database is PostgresDatabase shared)
        {
            silo.UseCluster(node, shared);
            silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, ClusterEntry>();
        }
        else
        {
            silo.UseStandalone(node);
        }

        silo.Configure<SiloOptions>(options => options.SiloName = node.Name);
        silo.AddFaceGrid(database, roles, [.. pipeline?.Embedders.Select(embedder => embedder.ContractId) ?? []], shared: database is PostgresDatabase);
        silo.AddFaceGridCameras(roles);
        silo.AddObservability(builder.Configuration);
    });
    builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(30));
    builder.Services.AddFaceGridGateway(builder.Configuration);

    await using WebApplication app = builder.Build();
    app.Services.GetRequiredService<IStartupValidator>().Validate(); // The host does so as well, and logs a stack trace.
    _ = roles.Contains(Roles.Gateway) ? app.MapFaceGridGateway() : app.MapFaceGridOperations(); // Health and metrics are wanted on every node.
    app.Lifetime.ApplicationStarted.Register(() => Console.WriteLine(
        $"FaceGrid is serving at {string.Join(", ", app.Urls)} with data in {(database is PostgresDatabase ? $"PostgreSQL, cluster {node.Cluster.Id}" : Path.GetFullPath(node.DataDirectory))}"
        + (pipeline is null ? "" : $", models {string.Join(" and ", (string[])[pipeline.Detector.Id, .. pipeline.Embedders.Select(embedder => embedder.Id), .. pipeline.Liveness?.Models ?? []])} on {pipeline.ExecutionProvider}{(pipeline.CpuReason is null ? "" : $" (auto: {pipeline.CpuReason})")}{ModelAdvice.For(pipeline.Detector, pipeline.Embedder)}")));
    await app.RunAsync();
    return Environment.ExitCode; // Set by whoever found while it ran that it must not.
}
catch (Exception failure) when (Advice(failure) is { } advice)
{
    await Console.Error.WriteLineAsync($"FaceGrid cannot start: {advice.Sentence}");
    return advice.ExitCode;
}

static (string Sentence, int ExitCode)? Advice(Exception failure) => failure switch
{
    StorageException { MayPass: true } => (failure.Message, StartFailure.RestartExitCode),
    VisionSetupException or StorageException or NodeConfigurationException => (failure.Message, StartFailure.ExitCode),
    _ => StartFailure.Of(failure),
};

static void CheckAddresses(IConfiguration configuration)
{
    try
    {
        GatewayAddressPolicy.Check(configuration);
    }
    catch (InvalidOperationException open)
    {
        throw new NodeConfigurationException(open.Message);
    }
}

static Task<FacePipeline> OpenPipelineAsync(IConfiguration configuration)
{
    VisionOptions options = new();
    configuration.GetSection("FaceGrid:Vision").Bind(options, binder => binder.ErrorOnUnknownConfiguration = true);
    return FacePipeline.CreateAsync(options, new ConsoleDownloadProgress());
}
