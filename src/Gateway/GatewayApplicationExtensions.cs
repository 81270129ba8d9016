using FaceGrid.Gateway.Cameras;
using FaceGrid.Gateway.Cluster;
using FaceGrid.Gateway.Galleries;
using FaceGrid.Gateway.Limits;
using FaceGrid.Gateway.Pages;
using FaceGrid.Gateway.People;
using FaceGrid.Gateway.Problems;
using FaceGrid.Gateway.Recognition;
using FaceGrid.Gateway.Rules;
using FaceGrid.Gateway.Security;
using FaceGrid.Gateway.Sightings;
using Microsoft.Extensions.Options;

namespace FaceGrid.Gateway;

/// <summary>Puts the HTTP edge into a host's pipeline.</summary>
public static class GatewayApplicationExtensions
{
    /// <summary>
    /// Adds the whole pipeline, in order: request id and problems, routing, keys, limits, endpoints. Sets the address to
    /// <see cref="GatewayAddressPolicy.DefaultUrl"/> when none is configured. Call it once, last.
    /// </summary>
    /// <param name="app">A host with <see cref="GatewayServiceCollectionExtensions.AddFaceGridGateway"/>.</param>
    /// <returns>The same host.</returns>
    /// <exception cref="InvalidOperationException">The gateway would be open to the network without API keys.</exception>
    public static WebApplication MapFaceGridGateway(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        MapFaceGridOperations(app);
        GalleryEndpoints.Map(app);
        MigrationEndpoints.Map(app);
        PeopleEndpoints.Map(app);
        FaceEndpoints.Map(app);
        CurationEndpoints.Map(app);
        VerifyEndpoint.Map(app);
        IdentifyEndpoint.Map(app);
        PictureEndpoints.Map(app);
        SightingEndpoints.Map(app);
        EventEndpoint.Map(app);
        RuleEndpoints.Map(app);
        CameraEndpoints.Map(app);
        ClusterEndpoints.Map(app);
        PageEndpoints.Map(app);
        return app;
    }

    /// <summary>
    /// Adds the routes that every node serves, whether it is a gateway or not: health, metrics and, when it is turned on, the dashboard.
    /// They are behind the same keys as the API. Call it once, last, instead of <see cref="MapFaceGridGateway"/>, which does the same and
    /// adds the API.
    /// </summary>
    /// <param name="app">A host with <see cref="GatewayServiceCollectionExtensions.AddFaceGridGateway"/>.</param>
    /// <returns>The same host.</returns>
    /// <exception cref="InvalidOperationException">The node would be open to the network without API keys.</exception>
    public static WebApplication MapFaceGridOperations(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        BindAddresses(app);
        app.UseMiddleware<ProblemMiddleware>();
        app.UseRouting();
        app.UseMiddleware<ApiKeyGate>();
        app.UseMiddleware<RequestLimits>();
        app.Use((context, next) =>
        {
            PageEndpoints.RelaxPolicy(context);
            return next(context);
        });
        ClusterEndpoints.MapHealth(app);
        app.MapPrometheusScrapingEndpoint("/metrics").Needs(KeyPermission.Monitor, KeyReach.Nothing);
        if (app.Services.GetRequiredService<IOptions<GatewayOptions>>().Value.Dashboard)
        {
            DashboardEndpoints.Map(app);
        }

        return app;
    }

    // The server does not know FaceGrid:Url and the default, so it is given them. Addresses from its own settings stay as they are.
    private static void BindAddresses(WebApplication app)
    {
        bool hasKeys = app.Services.GetRequiredService<IOptions<GatewayOptions>>().Value.ApiKeys.Count > 0;
        if (app.Urls.Count == 0 && !app.Configuration.GetSection("Kestrel:Endpoints").GetChildren().Any())
        {
            foreach (string url in GatewayAddressPolicy.AddressesOf(app.Configuration))
            {
                app.Urls.Add(url);
            }
        }

        GatewayAddressPolicy.Check(app.Urls.Count > 0 ? app.Urls : GatewayAddressPolicy.AddressesOf(app.Configuration), hasKeys);
    }
}
