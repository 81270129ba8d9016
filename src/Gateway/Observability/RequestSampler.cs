using OpenTelemetry.Trace;

namespace FaceGrid.Gateway.Observability;

/// <summary>
/// Begins a trace for an HTTP request and for nothing else. A silo also reads membership tables and runs timers all day, and these are not
/// worth a trace. Used when <c>OTEL_TRACES_SAMPLER</c> does not choose another sampler. The calls that a traced request makes are always
/// part of its trace.
/// </summary>
internal sealed class RequestSampler : Sampler
{
    // The name that ASP.NET Core gives the activity of a request at its beginning.
    private const string Request = "Microsoft.AspNetCore.Hosting.HttpRequestIn";

    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters) =>
        new(samplingParameters.Name == Request ? SamplingDecision.RecordAndSample : SamplingDecision.Drop);
}
