using OpenTelemetry.Trace;

namespace FaceGrid.Gateway.Observability;

/// <summary>
/// Begins a trace for an HTTP request and for nothing else: on its own a silo also reads membership tables and runs timers all day, and
/// nobody asked to see that. Used when
/// <c>OTEL_TRACES_SAMPLER</c> does not choose another one; what a traced request calls is always part of its trace.
/// </summary>
internal sealed class RequestSampler : Sampler
{
    // What ASP.NET Core calls the activity of a request when it begins.
    private const string Request = "Microsoft.AspNetCore.Hosting.HttpRequestIn";

    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters) =>
        new(samplingParameters.Name == Request ? SamplingDecision.RecordAndSample : SamplingDecision.Drop);
}
