using FaceGrid.Gateway.Observability;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace FaceGrid.Gateway;

/// <summary>The gateway on its own: an Orleans client in front of nodes that run elsewhere.</summary>
internal static class GatewayProgram
{
    private static async Task<int> Main(string[] args)
    {
        if (args is [ProductVersion.Argument])
        {
            Console.WriteLine(ProductVersion.Text);
            return 0;
        }

        try
        {
            await RunAsync(args);
            return 0;
        }
        catch (Exception failure) when (StartFailure.Of(failure) is { } advice)
        {
            await Console.Error.WriteLineAsync($"FaceGrid cannot start: {advice.Sentence}");
            return advice.ExitCode;
        }
    }

    private static async Task RunAsync(string[] args)
    {
        WebApplicationBuilder builder = WebApplication.CreateBuilder(args);
        // The same filters as on a node.
        builder.Logging.AddFilter("Orleans", LogLevel.Warning)
            .AddFilter("Microsoft.Orleans", LogLevel.Warning)
            .AddFilter("Microsoft.AspNetCore", LogLevel.Warning)
            .AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.Critical);
        Check(builder.Configuration);
        builder.UseOrleansClient(client =>
        {
            UseNodes(client, builder.Configuration);
            client.UseConnectionRetryFilter(WaitForGridAsync).AddObservability(builder.Configuration);
        });

        // The server listens while the client still looks for the grid: the process is live but not ready.
        builder.Services.Configure<HostOptions>(host => host.ServicesStartConcurrently = true);
        builder.Services.AddFaceGridGateway(builder.Configuration);

        await using WebApplication app = builder.Build();
        app.MapFaceGridGateway();
        await app.RunAsync();
    }

    private static void Check(IConfiguration configuration)
    {
        List<string> mistakes = [.. SettingsCheck.MistakesIn<GatewayOptions>(configuration.GetSection(GatewayOptions.Section))];
        try
        {
            GatewayAddressPolicy.Check(configuration);
        }
        catch (InvalidOperationException open)
        {
            mistakes.Add(open.Message);
        }

        if (mistakes.Count > 0)
        {
            throw new OptionsValidationException(GatewayOptions.Section, typeof(GatewayOptions), mistakes);
        }
    }

    // With a database, the membership table lists the nodes. Without one, there is a single node on this machine.
    private static void UseNodes(IClientBuilder client, IConfiguration configuration)
    {
        if (configuration["FaceGrid:Database"] is not { Length: > 0 } database)
        {
            client.UseLocalhostClustering(configuration.GetValue("FaceGrid:ClientPort", 30_000), "facegrid", "facegrid");
            return;
        }

        client.UseAdoNetClustering(clustering =>
        {
            clustering.Invariant = "Npgsql";
            clustering.ConnectionString = "Timeout=5;Command Timeout=8;Maximum Pool Size=2;Application Name=facegrid-gateway;" + database;
        });
        client.Configure<ClusterOptions>(
            cluster => (cluster.ClusterId, cluster.ServiceId) = (configuration["FaceGrid:Cluster:Id"] ?? "facegrid", "facegrid"));
        // A short period, so that a new node is soon used and a dead one soon avoided.
        client.Configure<Orleans.Configuration.GatewayOptions>(nodes => nodes.GatewayListRefreshPeriod = TimeSpan.FromSeconds(2));
        client.Configure<ClientMessagingOptions>(
            messaging => (messaging.ResponseTimeout, messaging.CancelRequestOnTimeout) = (TimeSpan.FromSeconds(10), true));
    }

    // The gateway may be started before the nodes; it waits for them instead of failing.
    private static async Task<bool> WaitForGridAsync(Exception exception, CancellationToken cancellationToken)
    {
        await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken);
        return true;
    }
}
