using System.Diagnostics.Metrics;

namespace FaceGrid.Gateway;

/// <summary>What the gateway counts itself, under the meter <c>FaceGrid</c>; requests by route and status come from ASP.NET Core.</summary>
internal sealed class GatewayMetrics
{
    public const string MeterName = "FaceGrid";

    private readonly Counter<long> _identified;
    private readonly Counter<long> _verified;
    private readonly Counter<long> _enrolled;

    public GatewayMetrics(IMeterFactory meters)
    {
        Meter meter = meters.Create(MeterName);
        _identified = meter.CreateCounter<long>("facegrid.gateway.identified", "{face}", "Faces identified, by decision.");
        _verified = meter.CreateCounter<long>("facegrid.gateway.verified", "{face}", "Faces verified, by decision.");
        _enrolled = meter.CreateCounter<long>("facegrid.gateway.enrolled", "{face}", "Faces enrolled, by source.");
    }

    /// <summary>Counts a face that was identified; the decision is <c>match</c> or <c>unknown</c>.</summary>
    public void Identified(string decision) => _identified.Add(1, new KeyValuePair<string, object?>("decision", decision));

    /// <summary>Counts a face that was verified.</summary>
    public void Verified(bool match) => _verified.Add(1, new KeyValuePair<string, object?>("decision", match ? "match" : "no-match"));

    /// <summary>Counts enrolled faces; the source is <c>picture</c>, <c>embedding</c> or <c>bulk</c>.</summary>
    public void Enrolled(string source, int faces) => _enrolled.Add(faces, new KeyValuePair<string, object?>("source", source));
}
