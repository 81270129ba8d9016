using FaceGrid.Cameras;
using FaceGrid.Gateway;
using FaceGrid.Gateway.Observability;
using FaceGrid.Grains;
using FaceGrid.Storage;
using FaceGrid.Storage.Postgres;
using FaceGrid.Vision;
using Microsoft.Extensions.Configuration.Json;
using Orleans.Configuration;

namespace FaceGrid.Silo;

/// <summary>The steps from configuration to a node that serves, in the order in which the program takes them.</summary>
internal static class NodeHosting
{
    /// <summary>How long a stopping node may take to hand over its shards and cameras.</summary>
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Reads the <c>appsettings.json</c> beside the program, below all other settings. The host looks for one in the working directory
    /// only, and a node may be started from anywhere.
    /// </summary>
    /// <param name="configuration">Configuration of the host.</param>
    public static void AddSettingsBesideProgram(this ConfigurationManager configuration)
    {
        JsonConfigurationSource beside = new() { Path = Path.Combine(AppContext.BaseDirectory, "appsettings.json"), Optional = true };
        beside.ResolveFileProvider();
        configuration.Sources.Insert(0, beside);
    }

    /// <summary>Filters out log messages that tell an operator nothing.</summary>
    /// <param name="logging">Logging of the host.</param>
    public static void AddNodeFilters(this ILoggingBuilder logging)
    {
        logging.AddFilter("Orleans", LogLevel.Warning);
        logging.AddFilter("Microsoft.Orleans", LogLevel.Warning);
        logging.AddFilter("Orleans.Runtime.Watchdog", LogLevel.Error); // Orleans 10.4 warns at each start that its own watchdog is late.
        logging.AddFilter("Polly", LogLevel.Warning);
        logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);

        // "Not ready yet" is an answer of /health/ready, not a failure.
        logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.Critical);
    }

    /// <summary>Listens at the configured addresses.</summary>
    /// <param name="builder">The host.</param>
    /// <exception cref="NodeConfigurationException">An address is open to the network and no API key is configured.</exception>
    public static void UseCheckedAddresses(this WebApplicationBuilder builder)
    {
        try
        {
            GatewayAddressPolicy.Check(builder.Configuration);
        }
        catch (InvalidOperationException open)
        {
            throw new NodeConfigurationException(open.Message);
        }

        builder.WebHost.UseUrls([.. GatewayAddressPolicy.AddressesOf(builder.Configuration)]);
    }

    /// <summary>Loads the models and makes the pipeline that reads pictures.</summary>
    /// <param name="builder">The host; the pipeline becomes one of its services.</param>
    /// <returns>The pipeline. The caller disposes of it.</returns>
    /// <exception cref="FaceGrid.Models.VisionSetupException">A model is missing or altered, or a setting does not fit.</exception>
    public static async Task<FacePipeline> OpenPipelineAsync(this WebApplicationBuilder builder)
    {
        VisionOptions options = new();
        builder.Configuration.GetSection("FaceGrid:Vision").Bind(options, binder => binder.ErrorOnUnknownConfiguration = true);
        FacePipeline pipeline = await FacePipeline.CreateAsync(options, new ConsoleDownloadProgress());
        builder.Services.AddSingleton(pipeline);
        return pipeline;
    }

    /// <summary>Holds readiness back until the galleries of the node can be searched.</summary>
    /// <param name="builder">The host.</param>
    public static void AddWarmup(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<Warmup>();
        builder.Services.AddHostedService(static services => services.GetRequiredService<Warmup>());
        builder.Services.AddHealthChecks().AddCheck<Warmup>("galleries");
    }

    /// <summary>Makes the host a silo of the grid: alone on SQLite, or one of several on PostgreSQL.</summary>
    /// <param name="builder">The host.</param>
    /// <param name="node">Settings of the node.</param>
    /// <param name="roles">Roles of the node.</param>
    /// <param name="database">Where rows live.</param>
    /// <param name="pipeline">Reads pictures, or null on a node without the embedder role.</param>
    public static void UseGrid(
        this WebApplicationBuilder builder, NodeOptions node, string[] roles, IGridDatabase database, FacePipeline? pipeline)
    {
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

            string[] contracts = [.. pipeline?.Embedders.Select(embedder => embedder.ContractId) ?? []];
            silo.Configure<SiloOptions>(options => options.SiloName = node.Name);
            silo.AddFaceGrid(database, roles, contracts, shared: database is PostgresDatabase);
            silo.AddFaceGridCameras(roles);
            silo.AddObservability(builder.Configuration);
        });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = ShutdownTimeout);
    }

    /// <summary>Prints one line once the node serves: its addresses, where its data are, and its models.</summary>
    /// <param name="app">The host.</param>
    /// <param name="node">Settings of the node.</param>
    /// <param name="database">Where rows live.</param>
    /// <param name="pipeline">Reads pictures, or null.</param>
    public static void PrintWhenServing(this WebApplication app, NodeOptions node, IGridDatabase database, FacePipeline? pipeline)
    {
        string data = database is PostgresDatabase ? $"PostgreSQL, cluster {node.Cluster.Id}" : Path.GetFullPath(node.DataDirectory);
        string models = pipeline is null ? "" : ModelsOf(pipeline);
        app.Lifetime.ApplicationStarted.Register(() => Console.WriteLine(
            $"FaceGrid is serving at {string.Join(", ", app.Urls)} with data in {data}{models}"));
    }

    private static string ModelsOf(FacePipeline pipeline)
    {
        string[] models =
        [
            pipeline.Detector.Id,
            .. pipeline.Embedders.Select(embedder => embedder.Id),
            .. pipeline.Liveness?.Models ?? [],
        ];
        string reason = pipeline.CpuReason is null ? "" : $" (auto: {pipeline.CpuReason})";
        string advice = ModelAdvice.For(pipeline.Detector, pipeline.Embedder);
        return $", models {string.Join(" and ", models)} on {pipeline.ExecutionProvider}{reason}{advice}";
    }
}
