using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using FaceGrid.Abstractions.Cameras;
using FaceGrid.Abstractions.Sightings;
using FaceGrid.Grains;

namespace FaceGrid.Cameras;

/// <summary>
/// Instruments of cameras, sightings and rules; docs/metrics.md lists them as Prometheus sees them. They belong to the meter
/// <c>FaceGrid.Grains</c>, whose name exported series carry. No tag holds an id.
/// Counters that alerts watch are observable, so that they are exported as 0 from the start: Prometheus does not see the first step of a
/// series that begins with it.
/// </summary>
internal static class CameraMetrics
{
    private static readonly Meter Meter = new(GridMetrics.Name);

    private static long _cameras, _blindCameras;
    private static double _retentionLag;

    static CameraMetrics()
    {
        Meter.CreateObservableGauge(
            "facegrid.silo.cameras", static () => Interlocked.Read(ref _cameras), "{camera}", "Cameras on this silo.");
        Meter.CreateObservableGauge(
            "facegrid.silo.cameras.blind",
            static () => Interlocked.Read(ref _blindCameras),
            "{camera}",
            "Cameras on this silo that are on and see nothing: their source does not deliver, or frames cannot be processed.");
        Meter.CreateObservableGauge(
            "facegrid.sightings.retention.lag",
            static () => Volatile.Read(ref _retentionLag),
            "s",
            "How far the erasing of old sightings is behind the clock. Above an hour, the grid stood still or a clock has jumped.");
    }

    /// <summary>
    /// What became of visits that cameras wrote down: <c>written</c>, <c>known</c> (a repetition), or <c>person-gone</c> (the person was
    /// deleted meanwhile, and nothing is kept).
    /// </summary>
    public static Tally Sightings { get; } = new(
        Meter,
        "facegrid.sightings",
        "{revision}",
        "Revisions of visits that cameras wrote to the log, by outcome.",
        "outcome",
        "written",
        "known",
        "person-gone");

    /// <summary>
    /// What became of deliveries of rules: <c>delivered</c>, <c>failed</c> (an attempt; it is tried again, or given up) or
    /// <c>given-up</c>.
    /// </summary>
    public static Tally Deliveries { get; } = new(
        Meter,
        "facegrid.rule.deliveries",
        "{delivery}",
        "Deliveries of rules, by outcome; failed counts attempts.",
        "outcome",
        "delivered",
        "failed",
        "given-up");

    /// <summary>
    /// Frames that came to cameras, by outcome: <c>processed</c>, <c>dropped</c> (more than wanted, or than the node can look at) or
    /// <c>unusable</c> (no pictures).
    /// </summary>
    public static Tally CameraFrames { get; } = new(
        Meter,
        "facegrid.camera.frames",
        "{frame}",
        "Frames that cameras received, by outcome.",
        "outcome",
        "processed",
        "dropped",
        "unusable");

    /// <summary>Visits that were first reported, by who came: <c>person</c>, <c>visitor</c> or <c>unknown</c>.</summary>
    public static Tally CameraVisits { get; } = new(
        Meter,
        "facegrid.camera.visits",
        "{visit}",
        "Visits at cameras, counted when first published, by who came.",
        "who",
        "person",
        "visitor",
        "unknown");

    /// <summary>Revisions of sightings that were given up.</summary>
    public static Tally SightingsLost { get; } = new(
        Meter,
        "facegrid.camera.sightings.lost",
        "{sighting}",
        "Sightings that were given up because too many waited for the database, or it refused them. Should stay 0.");

    private static Histogram<double> CameraStages { get; } =
        Time("facegrid.camera.stage.duration", "Time of a frame of a camera in one stage, by stage.");

    private static Histogram<double> SightingLatency { get; } = Time(
        "facegrid.camera.sighting.latency", "Time from a frame's arrival at its node until the visit that it decided is durable.");

    /// <summary>Makes the counters and gauges known, so that the first scrape shows them as 0.</summary>
    public static void Begin() => RuntimeHelpers.RunClassConstructor(typeof(CameraMetrics).TypeHandle);

    /// <summary>How far retention is behind.</summary>
    /// <param name="lag">Time between its clock and the clock.</param>
    public static void SetRetentionLag(TimeSpan lag) => Volatile.Write(ref _retentionLag, lag.TotalSeconds);

    /// <summary>One more camera on this silo, or one less.</summary>
    /// <param name="cameras">1 or -1.</param>
    public static void AddCamera(int cameras) => Interlocked.Add(ref _cameras, cameras);

    /// <summary>One more camera on this silo sees nothing, or one less.</summary>
    /// <param name="cameras">1 or -1.</param>
    public static void AddBlindCamera(int cameras) => Interlocked.Add(ref _blindCameras, cameras);

    /// <summary>A frame was looked at.</summary>
    /// <param name="seconds">Where its time went.</param>
    public static void Looked(CameraSeconds seconds)
    {
        CameraFrames.AddOne("processed");
        Record("wait", seconds.Wait);
        Record("decode", seconds.Decode);
        Record("detect", seconds.Detect);
        Record("embed", seconds.Embed);
        Record("search", seconds.Search);
        Record("other", seconds.Other);

        static void Record(string stage, double seconds) => CameraStages.Record(seconds, new KeyValuePair<string, object?>("stage", stage));
    }

    /// <summary>A visit is durable for the first time.</summary>
    /// <param name="sighting">The first revision of it that was written.</param>
    /// <param name="latency">Time since its frame came.</param>
    public static void Sighted(Sighting sighting, TimeSpan latency)
    {
        CameraVisits.AddOne(sighting.Person is not null ? "person" : sighting.Visitor is not null ? "visitor" : "unknown");
        SightingLatency.Record(latency.TotalSeconds);
    }

    private static Histogram<double> Time(string name, string description) =>
        Meter.CreateHistogram(name, "s", description, tags: null, GridMetrics.Times);
}
