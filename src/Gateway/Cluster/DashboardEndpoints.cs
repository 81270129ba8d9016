using FaceGrid.Gateway.Security;
using Orleans.Dashboard;

namespace FaceGrid.Gateway.Cluster;

/// <summary>
/// The Orleans dashboard: which grains run where, how often they are called and how long a call takes. It is served only when
/// <see cref="GatewayOptions.Dashboard"/> is set.
/// </summary>
internal static class DashboardEndpoints
{
    public const string Path = "/dashboard";

    // The dashboard shows how the grid runs, not who is in it. This route would show the state of a grain, with templates and names, so it
    // is closed.
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
    /// True when the configuration turns the dashboard on. Every node and every gateway of a grid needs the same setting, because the
    /// dashboard asks all nodes.
    /// </summary>
    public static bool IsOn(IConfiguration configuration) =>
        string.Equals(
            configuration[GatewayOptions.Section + ":" + nameof(GatewayOptions.Dashboard)],
            bool.TrueString,
            StringComparison.OrdinalIgnoreCase);

    private static bool IsState(HttpRequest request) => request.Path.StartsWithSegments(StatePath, StringComparison.OrdinalIgnoreCase);
}
