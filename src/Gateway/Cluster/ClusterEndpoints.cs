using FaceGrid.Abstractions.Cluster;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Gateway.Bodies;
using FaceGrid.Gateway.Grid;
using FaceGrid.Gateway.Security;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace FaceGrid.Gateway.Cluster;

/// <summary>The state of the grid, and of this process.</summary>
internal static class ClusterEndpoints
{
    private static readonly TimeSpan ReadyWithin = TimeSpan.FromSeconds(2);

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/cluster", GetAsync)
            .WithTags("Cluster")
            .WithSummary("Lists nodes, shards and embedders.")
            .Needs(KeyPermission.Monitor, KeyReach.Nothing)
            .Produces<ClusterInfo>();

    public static void MapHealth(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/health/live", () => Answers.Json(new HealthBody("live"), GatewayJson.Default.HealthBody))
            .WithTags("Health").WithSummary("Tells whether the process runs.").WithMetadata(new OpenEndpoint()).Produces<HealthBody>();
        routes.MapGet("/health/ready", ReadyAsync)
            .WithTags("Health")
            .WithSummary("Tells whether searches and enrolments are served.")
            .WithMetadata(new OpenEndpoint())
            .Produces<HealthBody>();
    }

    private static async Task<IResult> GetAsync(GridCaller grid, CancellationToken cancellationToken)
    {
        ClusterInfo info = await grid.CallAsync(token => grid.Cluster.GetAsync(token), cancellationToken);
        return Answers.Json(info, GatewayJson.Default.ClusterInfo);
    }

    // The grid is asked directly and with a short limit: a probe asks about this moment, so nothing is tried twice. Work that the process
    // still has to do after its start registers as a health check.
    private static async Task<IResult> ReadyAsync(
        GridCaller grid, HealthCheckService checks, TimeProvider time, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(ReadyWithin, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        Task<NodeInfo[]> nodes = grid.Cluster.GetNodesAsync();
        Task gallery = AskAGalleryAsync(grid, both.Token);
        await Task.WhenAll(nodes, gallery).WaitAsync(both.Token);
        HealthReport report = await checks.CheckHealthAsync(both.Token);
        return (await nodes).Length > 0 && report.Status == HealthStatus.Healthy
            ? Answers.Json(new HealthBody("ready"), GatewayJson.Default.HealthBody)
            : throw new FaceGridException(ErrorCodes.ShardsMissing, "Galleries are being loaded, or there is no node.");
    }

    /// <summary>
    /// Checks that nodes answer for galleries. The state of this one gallery does not matter: even when it is deleted or its row is
    /// damaged, all other galleries are served.
    /// </summary>
    private static async Task AskAGalleryAsync(GridCaller grid, CancellationToken cancellationToken)
    {
        try
        {
            await grid.Gallery("default").GetMapAsync(cancellationToken);
        }
        catch (FaceGridException damaged) when (damaged.Code == ErrorCodes.RowDamaged)
        {
            // A damaged row is an answer too: a node has read it.
        }
    }
}
