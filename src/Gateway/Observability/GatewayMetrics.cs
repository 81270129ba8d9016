using System.Diagnostics.Metrics;
using FaceGrid.Abstractions.Galleries;

namespace FaceGrid.Gateway.Observability;

/// <summary>
/// The metrics that the gateway counts itself, under the meter <c>FaceGrid</c>. ASP.NET Core counts requests by route and status.
/// docs/metrics.md lists all of them as Prometheus sees them. No tag holds the id of a gallery or a person.
/// </summary>
internal sealed class GatewayMetrics
{
    public const string MeterName = "FaceGrid";

    private static readonly KeyValuePair<string, object?>[] Reasons =
    [
        .. Enum.GetValues<RefusalReason>().Select(reason => new KeyValuePair<string, object?>("reason", NameOf(reason))),
    ];

    // In this order: spoof and live under report, spoof and live under require.
    private static readonly KeyValuePair<string, object?>[][] Judgements =
    [
        [new("decision", "spoof"), new("policy", "report")],
        [new("decision", "live"), new("policy", "report")],
        [new("decision", "spoof"), new("policy", "require")],
        [new("decision", "live"), new("policy", "require")],
    ];

    private readonly Counter<long> _identified;
    private readonly Counter<long> _verified;
    private readonly Counter<long> _enrolled;
    private readonly long[] _refused = new long[Reasons.Length];
    private readonly long[] _judged = new long[Judgements.Length];

    private int _listeners;

    public GatewayMetrics(IMeterFactory meters)
    {
        Meter meter = meters.Create(MeterName);
        meter.CreateObservableGauge(
            "facegrid.gateway.listeners", () => Volatile.Read(ref _listeners), "{listener}", "Listeners to events at this gateway.");
        _identified = meter.CreateCounter<long>("facegrid.gateway.identified", "{face}", "Faces identified, by decision.");
        _verified = meter.CreateCounter<long>("facegrid.gateway.verified", "{face}", "Faces verified, by decision.");
        _enrolled = meter.CreateCounter<long>("facegrid.gateway.enrolled", "{face}", "Faces enrolled, by source.");
        // An observable counter is exported as 0 from the start. Prometheus would miss the first step of a series that begins with it.
        meter.CreateObservableCounter(
            "facegrid.gateway.refused",
            () => Reasons.Select((reason, index) => new Measurement<long>(Interlocked.Read(ref _refused[index]), reason)),
            "{request}",
            "Requests, or people of a bulk request, refused with 429, by reason.");
        meter.CreateObservableCounter(
            "facegrid.gateway.liveness",
            () => Judgements.Select((tags, index) => new Measurement<long>(Interlocked.Read(ref _judged[index]), tags)),
            "{face}",
            "Faces judged live or spoof, by decision and by the policy that asked.");
    }

    /// <summary>Counts a face that was identified; the decision is <c>match</c>, <c>unknown</c> or <c>spoof</c>.</summary>
    public void Identified(string decision) => _identified.Add(1, new KeyValuePair<string, object?>("decision", decision));

    /// <summary>Counts a face that was verified; the decision is <c>match</c>, <c>no-match</c> or <c>spoof</c>.</summary>
    public void Verified(string decision) => _verified.Add(1, new KeyValuePair<string, object?>("decision", decision));

    /// <summary>Counts a face that was judged live or not.</summary>
    public void Judged(bool live, PadPolicy policy) =>
        Interlocked.Increment(ref _judged[(policy == PadPolicy.Require ? 2 : 0) + (live ? 1 : 0)]);

    /// <summary>Counts enrolled faces; the source is <c>picture</c>, <c>embedding</c> or <c>bulk</c>.</summary>
    public void Enrolled(string source, int faces) => _enrolled.Add(faces, new KeyValuePair<string, object?>("source", source));

    /// <summary>Counts a request that was refused because the gateway or the grid was too busy.</summary>
    public void Refused(RefusalReason reason) => Interlocked.Increment(ref _refused[(int)reason]);

    /// <summary>Counts a listener that came (1) or left (-1), and returns the number of listeners.</summary>
    public int CountListeners(int change) => Interlocked.Add(ref _listeners, change);

    private static string NameOf(RefusalReason reason) => reason switch
    {
        RefusalReason.Concurrency => "concurrency",
        RefusalReason.Embedders => "embedders",
        RefusalReason.Grid => "grid",
        RefusalReason.Pictures => "pictures",
        RefusalReason.Listeners => "listeners",
        _ => throw new ArgumentOutOfRangeException(nameof(reason)),
    };
}
