using System.Text.Json.Serialization;
using FaceGrid.Gateway.Bodies;
using FaceGrid.Gateway.Grid;
using FaceGrid.Gateway.Observability;
using FaceGrid.Gateway.Pad;
using FaceGrid.Gateway.Pages;
using FaceGrid.Gateway.Recognition;
using FaceGrid.Gateway.Security;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace FaceGrid.Gateway;

/// <summary>Adds the HTTP edge to a host: to a gateway on its own or to a node.</summary>
public static class GatewayServiceCollectionExtensions
{
    /// <summary>
    /// Adds the services that <see cref="GatewayApplicationExtensions.MapFaceGridGateway"/> needs. The host provides
    /// <see cref="IGrainFactory"/>: it is an Orleans client or a silo.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configuration">The host's configuration; the gateway reads <see cref="GatewayOptions.Section"/>.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddFaceGridGateway(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configuration);
        services.AddOptions<GatewayOptions>()
            .Bind(configuration.GetSection(GatewayOptions.Section), binder => binder.ErrorOnUnknownConfiguration = true)
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<GatewayOptions>, GatewayOptionsValidator>();
        services.AddHostedService<BoundAddressCheck>();
        services.TryAddSingleton(TimeProvider.System);
        services.AddHealthChecks();
        services.AddSingleton<NodeList>();
        services.AddSingleton<GridCaller>();
        services.AddSingleton<EmbedderDirectory>();
        services.AddSingleton<GalleryMaps>();
        services.AddSingleton<GalleryPictures>();
        services.AddSingleton<RequestBodies>();
        services.AddSingleton<FaceReader>();
        services.AddSingleton<PadGate>();
        services.AddSingleton<GatewayMetrics>();
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        AddOpenApiDocument(services);
        AddTelemetry(services, configuration);

        // The server's request log repeats query strings, and a query of the people list may hold a name.
        services.AddLogging(logging => logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Warning));
        return services;
    }

    private static void AddOpenApiDocument(IServiceCollection services)
    {
        services.ConfigureHttpJsonOptions(options =>
        {
            options.SerializerOptions.TypeInfoResolverChain.Insert(0, GatewayJson.Default);
            options.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
        });
        services.AddOpenApi("v1", GatewayDocument.Describe);
    }

    private static void AddTelemetry(IServiceCollection services, IConfiguration configuration)
    {
        services.AddMetrics();
        OpenTelemetryBuilder telemetry = services.AddOpenTelemetry();
        // The OTEL_* variables come last, so that they win.
        telemetry.ConfigureResource(resource => resource
            .AddService(
                "facegrid",
                serviceInstanceId: configuration["FaceGrid:Name"] ?? Environment.MachineName,
                autoGenerateServiceInstanceId: false)
            .AddEnvironmentVariableDetector());
        telemetry.WithMetrics(metrics => metrics
            .AddMeter(GatewayMetrics.MeterName, GatewayMetrics.MeterName + ".*", "Microsoft.Orleans")
            .AddAspNetCoreInstrumentation()
            .AddRuntimeInstrumentation()
            .AddPrometheusExporter());
        if (TraceExport.IsOn(configuration))
        {
            telemetry.WithTracing(traces => TraceExport.Add(traces, configuration));
        }
    }
}
