namespace FaceGrid.Gateway;

/// <summary>The gateway on its own: an Orleans client in front of nodes that run elsewhere.</summary>
internal static class GatewayProgram
{
    private static async Task Main(string[] args)
    {
        WebApplicationBuilder builder = WebApplication.CreateBuilder(args);
        GatewayAddressPolicy.Check(builder.Configuration);
        builder.UseOrleansClient(client => client
            .UseLocalhostClustering(builder.Configuration.GetValue("FaceGrid:Cluster:GatewayPort", 30_000), "facegrid", "facegrid")
            .UseConnectionRetryFilter(WaitForGridAsync)
            .AddObservability(builder.Configuration));

        // The server listens while the client still looks for the grid: alive, not ready.
        builder.Services.Configure<HostOptions>(host => host.ServicesStartConcurrently = true);
        builder.Services.AddFaceGridGateway(builder.Configuration);

        WebApplication app = builder.Build();
        app.MapFaceGridGateway();
        await app.RunAsync();
    }

    // The gateway may be started before the nodes; it waits for them instead of failing.
    private static async Task<bool> WaitForGridAsync(Exception exception, CancellationToken cancellationToken)
    {
        await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken);
        return true;
    }
}
