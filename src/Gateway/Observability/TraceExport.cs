using FaceGrid.Gateway.Cluster;
using Microsoft.Extensions.Options;
using OpenTelemetry.Trace;
using Orleans.Diagnostics;

namespace FaceGrid.Gateway.Observability;

/// <summary>
/// Traces of requests, exported by OTLP when the standard variable <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> (or
/// <c>OTEL_EXPORTER_OTLP_TRACES_ENDPOINT</c>) says where to. Otherwise nothing listens, and a span costs a look at a flag. The other
/// <c>OTEL_*</c> variables (protocol, headers, sampler, service name) mean what the OpenTelemetry specification says.
/// </summary>
public static class TraceExport
{
    private static readonly string[] Endpoints = ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"];

    // Machines ask for these every few seconds.
    private static readonly string[] Untraced = ["/health", "/metrics", DashboardEndpoints.Path];

    /// <summary>
    /// True when traces are exported. A silo or client then also needs <c>AddActivityPropagation</c>, or each grain call would begin a
    /// trace of its own.
    /// </summary>
    /// <param name="configuration">The host's configuration.</param>
    /// <returns>True when an endpoint is configured.</returns>
    /// <exception cref="OptionsValidationException">
    /// An endpoint is not an http or https address; the exporter itself would quietly take another one.
    /// </exception>
    public static bool IsOn(IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        string[] configured = [.. Endpoints.Where(key => !string.IsNullOrEmpty(configuration[key]))];
        string[] wrong =
        [
            .. configured.Where(
                key => !Uri.TryCreate(configuration[key], UriKind.Absolute, out Uri? address) || address.Scheme is not ("http" or "https")),
        ];
        return wrong.Length == 0
            ? configured.Length > 0
            : throw new OptionsValidationException(
                Endpoints[0],
                typeof(TraceExport),
                wrong.Select(key => $"{key} is '{configuration[key]}'; it is an address such as http://127.0.0.1:4317."));
    }

    internal static void Add(TracerProviderBuilder traces, IConfiguration configuration)
    {
        if (string.IsNullOrEmpty(configuration["OTEL_TRACES_SAMPLER"]))
        {
            traces.SetSampler(new ParentBasedSampler(new RequestSampler()));
        }

        traces
            .AddSource("FaceGrid.Vision", "FaceGrid.Grains")
            .AddSource(ActivitySources.ApplicationGrainActivitySourceName, ActivitySources.RuntimeActivitySourceName)
            .AddSource(ActivitySources.LifecycleActivitySourceName, ActivitySources.StorageActivitySourceName)
            .AddAspNetCoreInstrumentation(
                http =>
                    http.Filter = static context =>
                        !Array.Exists(Untraced, path => context.Request.Path.StartsWithSegments(path, StringComparison.OrdinalIgnoreCase)))
            .AddProcessor(new SpanPrivacy())
            .AddOtlpExporter();
    }
}
