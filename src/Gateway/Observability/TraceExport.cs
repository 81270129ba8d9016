using FaceGrid.Gateway.Cluster;
using Microsoft.Extensions.Options;
using OpenTelemetry.Trace;
using Orleans.Diagnostics;

namespace FaceGrid.Gateway.Observability;

/// <summary>
/// Exports traces of requests by OTLP when the standard variable <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> (or
/// <c>OTEL_EXPORTER_OTLP_TRACES_ENDPOINT</c>) names an address. Otherwise nothing listens, and a span costs the check of a flag. The other
/// <c>OTEL_*</c> variables (protocol, headers, sampler, service name) have the meaning of the OpenTelemetry specification.
/// </summary>
public static class TraceExport
{
    private static readonly string[] Endpoints = ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"];

    // Machines request these every few seconds, so they are not traced.
    private static readonly string[] Untraced = ["/health", "/metrics", DashboardEndpoints.Path];

    /// <summary>
    /// True when traces are exported. A silo or client then also needs <c>AddActivityPropagation</c>; without it each grain call begins a
    /// trace of its own.
    /// </summary>
    /// <param name="configuration">The host's configuration.</param>
    /// <returns>True when an endpoint is configured.</returns>
    /// <exception cref="OptionsValidationException">
    /// An endpoint is not an http or https address. The exporter itself would silently use its default address.
    /// </exception>
    public static bool IsOn(IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        string[] configured = [.. Endpoints.Where(key => !string.IsNullOrEmpty(configuration[key]))];
        string[] wrong = [.. configured.Where(key => !IsWebAddress(configuration[key]))];
        return wrong.Length == 0
            ? configured.Length > 0
            : throw new OptionsValidationException(
                Endpoints[0],
                typeof(TraceExport),
                wrong.Select(key => $"{key} is '{configuration[key]}'; it must be an address such as http://127.0.0.1:4317."));
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
            .AddAspNetCoreInstrumentation(static http => http.Filter = IsTraced)
            .AddProcessor(new SpanPrivacy())
            .AddOtlpExporter();
    }

    private static bool IsWebAddress(string? text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? address) && address.Scheme is "http" or "https";

    private static bool IsTraced(HttpContext context) =>
        !Array.Exists(Untraced, path => context.Request.Path.StartsWithSegments(path, StringComparison.OrdinalIgnoreCase));
}
