using FaceGrid.Gateway.Cluster;
using Orleans.Dashboard;

namespace FaceGrid.Gateway.Observability;

/// <summary>
/// Adds to Orleans what tracing and the dashboard need. Without a setting for them it adds nothing, because both observe every grain call.
/// </summary>
public static class ObservabilityExtensions
{
    /// <summary>Prepares a silo.</summary>
    /// <param name="silo">The silo.</param>
    /// <param name="configuration">The host's configuration.</param>
    /// <returns>The same silo.</returns>
    public static ISiloBuilder AddObservability(this ISiloBuilder silo, IConfiguration configuration)
    {
        if (TraceExport.IsOn(configuration))
        {
            silo.AddActivityPropagation();
        }

        return DashboardEndpoints.IsOn(configuration) ? silo.AddDashboard(Configure) : silo;
    }

    /// <summary>Prepares the client of a gateway on its own.</summary>
    /// <param name="client">The client.</param>
    /// <param name="configuration">The host's configuration.</param>
    /// <returns>The same client.</returns>
    public static IClientBuilder AddObservability(this IClientBuilder client, IConfiguration configuration)
    {
        if (TraceExport.IsOn(configuration))
        {
            client.AddActivityPropagation();
        }

        return DashboardEndpoints.IsOn(configuration) ? client.AddDashboard(Configure) : client;
    }

    // Log lines do not belong on a page.
    private static void Configure(DashboardOptions options) => options.HideTrace = true;
}
