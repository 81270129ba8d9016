using FaceGrid.Gateway.Security;
using Orleans.Dashboard;

namespace FaceGrid.Gateway.Cluster;

/// <summary>
/// The Orleans dashboard: which grains run where, how often they are called and how long it takes. Only where
/// <see cref="GatewayOptions.Dashboard"/> says so.
/// </summary>
internal static class DashboardEndpoints
{
    public const string Path = "/dashboard";

    // Shows how the grid runs, not who is in it: this one would read the state of a grain, templates and names included.
    private const string StatePath = Path + "/GrainState";

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapOrleansDashboard(Path)
            .ExcludeFromDescription()
            .WithMetadata(new BrowserPage())
            .Needs(KeyPermission.Monitor, KeyReach.Nothing)
            .AddEndpointFilter((context, next) => IsState(context.HttpContext.Request)
                ? ValueTask.FromResult<object?>(Results.NotFound())
                : next(context));

    /// <summary>
    /// True when the configuration asks for the dashboard. Every node and every gateway of a grid needs the same setting: the dashboard
    /// asks all nodes.
    /// </summary>
    public static bool IsOn(IConfiguration configuration) =>
        string.Equals(
            configuration[GatewayOptions.Section + ":" + nameof(GatewayOptions.Dashboard)],
            bool.TrueString,
            StringComparison.OrdinalIgnoreCase);

    private static bool IsState(HttpRequest request) => request.Path.StartsWithSegments(StatePath, StringComparison.OrdinalIgnoreCase);
}
