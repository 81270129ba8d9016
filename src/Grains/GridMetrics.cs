using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using FaceGrid.Grains.Search;
using FaceGrid.Grains.Storage;

namespace FaceGrid.Grains;

/// <summary>
/// Instruments and spans of the grains: meter and activity source <c>FaceGrid.Grains</c>; docs/metrics.md lists them as Prometheus sees them. No tag holds the id of a gallery or
/// a person: both come from callers, so there may be any number, and both may say who somebody is.
/// What an alert waits for is an observable counter, so that it is exported as 0 from the start: Prometheus does not see the first step of a series that begins with it.
/// </summary>
internal static class GridMetrics
{
    private const string Name = "FaceGrid.Grains";

    private static readonly Meter Meter = new(Name);
    private static readonly ConcurrentDictionary<ShardIndex, byte> Shards = new();

    // From a tenth of a millisecond, a small scan, to a minute, which a growth or somebody who is told to a shard late may take.
    private static readonly InstrumentAdvice<double> Times = new()
    {
        HistogramBucketBoundaries = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
    };

    private static readonly InstrumentAdvice<long> Counts = new() { HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 4096] };

    private static long _unsearchable, _cameras, _blindCameras;
    private static double _retentionLag;

    static GridMetrics()
    {
        Meter.CreateObservableGauge("facegrid.silo.shards", static () => Shards.Count, "{shard}", "Shards this silo holds.");
        Meter.CreateObservableGauge("facegrid.silo.people", static () => Shards.Keys.Sum(static shard => (long)shard.People), "{person}", "People in the shards of this silo; while a gallery grows, in its old shards and in its new.");
        Meter.CreateObservableGauge("facegrid.silo.templates", static () => Shards.Keys.Sum(static shard => (long)shard.Templates), "{template}", "Templates in the shards of this silo.");
        Meter.CreateObservableGauge("facegrid.silo.memory", static () => Shards.Keys.Sum(static shard => shard.Bytes), "By", "Native memory of the shards of this silo.");
        Meter.CreateObservableGauge("facegrid.silo.cameras", static () => Interlocked.Read(ref _cameras), "{camera}", "Cameras on this silo.");
        Meter.CreateObservableGauge(
            "facegrid.silo.cameras.blind", static () => Interlocked.Read(ref _blindCameras), "{camera}", "Cameras on this silo that are on and see nothing: their source does not deliver, or they cannot look at frames.");
        Meter.CreateObservableGauge("facegrid.sightings.retention.lag", static () => Volatile.Read(ref _retentionLag), "s", "Time that the erasing of old sightings is behind the clock. Above an hour, the grid stood still or a clock has jumped.");
        Meter.CreateObservableGauge("facegrid.enrol.unsearchable", static () => Interlocked.Read(ref _unsearchable), "{person}", "People whose newest row their shard could not be told yet. Should stay 0, or come back to it in seconds.");
    }

    /// <summary>Spans; costs nothing while nobody listens.</summary>
    public static ActivitySource Spans { get; } = new(Name);

    /// <summary>Seconds from scatter to gathered answers of an identify.</summary>
    public static Histogram<double> Search { get; } = Time("facegrid.search.duration", "Time of an identify, from the question to the last shard's answer.");

    /// <summary>Shards that searches needed.</summary>
    public static Tally ShardsAsked { get; } = new(Meter, "facegrid.search.shards.asked", "{shard}", "Shards that searches needed.");

    /// <summary>Shards that answered searches.</summary>
    public static Tally ShardsAnswered { get; } = new(Meter, "facegrid.search.shards.answered", "{shard}", "Shards that answered searches.");

    /// <summary>Searches that had to do without some shards.</summary>
    public static Tally PartialSearches { get; } = new(Meter, "facegrid.search.partial", "{search}", "Searches that had to do without some shards, refused or labelled.");

    /// <summary>Seconds of one pass over a shard's memory.</summary>
    public static Histogram<double> Scan { get; } = Time("facegrid.scan.duration", "Time of one pass over the memory of a shard.");

    /// <summary>Probes that shared a pass.</summary>
    public static Histogram<long> ScanProbes { get; } = Meter.CreateHistogram("facegrid.scan.probes", "{probe}", "Probes that shared one pass over a shard.", tags: null, Counts);

    /// <summary>Comparisons of a shard with its rows, by outcome: <c>same</c>, <c>differed</c> or <c>failed</c>.</summary>
    public static Tally SelfChecks { get; } = new(Meter, "facegrid.shard.checks", "{check}", "Comparisons of a shard with its rows, by outcome.", "outcome", "same", "differed", "failed");

    /// <summary>People whose entry in a shard differed from their row when compared; most of them are writes under way.</summary>
    public static Tally SelfCheckDifferences { get; } = new(
        Meter, "facegrid.shard.differences", "{person}", "People whose entry in a shard differed from their row when compared; a write under way is one too.");

    /// <summary>People whose entry in a shard differed from their row and was mended. Should stay 0.</summary>
    public static Tally SelfCheckRepairs { get; } = new(Meter, "facegrid.shard.repairs", "{person}", "People whose entry in a shard differed from their row and was mended. Should stay 0.");

    /// <summary>Seconds a shard took to load from its rows.</summary>
    public static Histogram<double> ShardLoad { get; } = Time("facegrid.shard.load.duration", "Time a shard took to load from its rows.");

    /// <summary>Seconds a growth to the next level took.</summary>
    public static Histogram<double> Growth { get; } = Time("facegrid.gallery.growth.duration", "Time a gallery took to double its shards.");

    /// <summary>Growths that failed and will be tried again.</summary>
    public static Tally GrowthFailures { get; } = new(Meter, "facegrid.gallery.growth.failures", "{attempt}", "Attempts to double the shards of a gallery that failed; each is tried again.");

    /// <summary>What became of visits that cameras wrote down: <c>written</c>, <c>known</c> (a repetition), or <c>person-gone</c> (they were deleted meanwhile, and nothing is kept).</summary>
    public static Tally Sightings { get; } = new(Meter, "facegrid.sightings", "{revision}", "Revisions of visits that cameras wrote down, by what became of them.", "outcome", "written", "known", "person-gone");

    /// <summary>What became of what rules had to tell: <c>delivered</c>, <c>failed</c> (an attempt; it is tried again, or given up) or <c>given-up</c>.</summary>
    public static Tally Deliveries { get; } = new(Meter, "facegrid.rule.deliveries", "{delivery}", "Deliveries of rules, by outcome; failed are attempts.", "outcome", "delivered", "failed", "given-up");

    /// <summary>Vectors of another model that were made from kept cut-outs.</summary>
    public static Tally MigratedFaces { get; } = new(Meter, "facegrid.gallery.migration.faces", "{face}", "Faces of which a vector of another model was made from the cut-out that is kept.");

    /// <summary>Attempts to go on with a move to another model that failed and are tried again.</summary>
    public static Tally MigrationFailures { get; } = new(Meter, "facegrid.gallery.migration.failures", "{attempt}", "Attempts to go on with a gallery's move to another model that failed; each is tried again.");

    /// <summary>Operations of the database that failed, by operation.</summary>
    public static Tally StorageFailures { get; } = new(
        Meter, "facegrid.storage.failures", "{operation}", "Operations of the database that failed, by operation.", "operation", [.. StorageOperation.All]);

    /// <summary>Rows of lists that were found damaged, each time they were read. Should stay 0.</summary>
    public static Tally DamagedRows { get; } = new(Meter, "facegrid.storage.damaged", "{row}", "Rows of cameras, rules, galleries and people that were found damaged, counted each time they were read. Should stay 0.");

    /// <summary>Frames that came to cameras, by outcome: <c>processed</c>, <c>dropped</c> (more than wanted, or than the node can look at) or <c>unusable</c> (no pictures).</summary>
    public static Tally CameraFrames { get; } = new(Meter, "facegrid.camera.frames", "{frame}", "Frames that came to cameras, by outcome.", "outcome", "processed", "dropped", "unusable");

    /// <summary>Visits that were first told, by who: <c>person</c>, <c>visitor</c> or <c>unknown</c>.</summary>
    public static Tally CameraVisits { get; } = new(Meter, "facegrid.camera.visits", "{visit}", "Visits at cameras that were first told, by who came.", "who", "person", "visitor", "unknown");

    /// <summary>Revisions of sightings that had to be given up.</summary>
    public static Tally SightingsLost { get; } = new(Meter, "facegrid.camera.sightings.lost", "{sighting}", "Words on sightings that were given up: too many waited for the database, or it refused them. Should stay 0.");

    private static Histogram<double> StorageTime { get; } = Time("facegrid.storage.duration", "Time of an operation of the database, by operation; failed ones too.");

    private static Histogram<double> Searchable { get; } = Time(
        "facegrid.enrol.searchable.delay", "Time from a person's row being durable to their shard knowing it: at once, or later by the catch-up.");

    private static Histogram<double> CameraStages { get; } = Time("facegrid.camera.stage.duration", "Time of a frame of a camera in one stage, by stage.");

    private static Histogram<double> SightingLatency { get; } = Time("facegrid.camera.sighting.latency", "Time from a frame's arrival at its node to the visit that it decided being durable.");

    /// <summary>Makes the counters and gauges known, so that the first scrape shows them as 0.</summary>
    public static void Begin() => RuntimeHelpers.RunClassConstructor(typeof(GridMetrics).TypeHandle);

    /// <summary>Records how long a durable change of a person took to reach the shard.</summary>
    /// <param name="delay">From the row to the shard's word.</param>
    /// <param name="later">True when the caller had to be answered "not yet searchable".</param>
    public static void RecordSearchable(TimeSpan delay, bool later) => Searchable.Record(delay.TotalSeconds, new KeyValuePair<string, object?>("path", later ? "later" : "at-once"));

    /// <summary>Records an operation of the database.</summary>
    /// <param name="operation">One of <see cref="StorageOperation"/>.</param>
    /// <param name="time">How long it took.</param>
    public static void RecordStorage(string operation, TimeSpan time) => StorageTime.Record(time.TotalSeconds, new KeyValuePair<string, object?>("operation", operation));

    /// <summary>One more person, or one less, whose shard is still to be told.</summary>
    /// <param name="people">1 or -1.</param>
    public static void AddUnsearchable(int people) => Interlocked.Add(ref _unsearchable, people);

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
    /// <param name="sighting">The first word on it that was written.</param>
    /// <param name="latency">Since its frame came.</param>
    public static void Sighted(Sighting sighting, TimeSpan latency)
    {
        CameraVisits.AddOne(sighting.Person is not null ? "person" : sighting.Visitor is not null ? "visitor" : "unknown");
        SightingLatency.Record(latency.TotalSeconds);
    }

    /// <summary>Makes a loaded shard part of the gauges.</summary>
    /// <param name="shard">Kept until <see cref="Forget"/>.</param>
    public static void Watch(ShardIndex shard) => Shards.TryAdd(shard, 0);

    /// <summary>Ends <see cref="Watch"/>, if it began.</summary>
    /// <param name="shard">The same shard.</param>
    public static void Forget(ShardIndex shard) => Shards.TryRemove(shard, out _);

    private static Histogram<double> Time(string name, string description) => Meter.CreateHistogram(name, "s", description, tags: null, Times);
}
