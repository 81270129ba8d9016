using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;

namespace FaceGrid.Grains;

/// <summary>
/// Instruments and spans of the grains: meter and activity source <c>FaceGrid.Grains</c>; docs/metrics.md lists them as Prometheus sees
/// them. No tag holds the id of a gallery or a person: both come from callers, so there may be any number, and both may say who somebody
/// is. What an alert waits for is an observable counter, so that it is exported as 0 from the start: Prometheus does not see the first
/// step of a series that begins with it.
/// </summary>
internal static class GridMetrics
{
    /// <summary>Name of the meter and of the activity source.</summary>
    public const string Name = "FaceGrid.Grains";

    /// <summary>The meter of all instruments of the grains.</summary>
    public static readonly Meter Meter = new(Name);

    /// <summary>Buckets of times in seconds: from a small scan (0.1 ms) to a growth or a late index update (a minute).</summary>
    public static readonly InstrumentAdvice<double> Times = new()
    {
        HistogramBucketBoundaries =
            [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
    };

    private static readonly InstrumentAdvice<long> Counts = new()
    {
        HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 4096],
    };

    private static long _unsearchable;

    static GridMetrics()
    {
        Meter.CreateObservableGauge(
            "facegrid.enrol.unsearchable",
            static () => Interlocked.Read(ref _unsearchable),
            "{person}",
            "People with a pending index update. Should stay 0, or come back to it in seconds.");
    }

    /// <summary>Spans; costs nothing while nobody listens.</summary>
    public static ActivitySource Spans { get; } = new(Name);

    /// <summary>Seconds from scatter to gathered answers of an identify.</summary>
    public static Histogram<double> Search { get; } = Time(
        "facegrid.search.duration",
        "Time of an identify, from the question to the last shard's answer.");

    /// <summary>Shards that searches needed.</summary>
    public static Tally ShardsAsked { get; } = new(Meter, "facegrid.search.shards.asked", "{shard}", "Shards that searches needed.");

    /// <summary>Shards that answered searches.</summary>
    public static Tally ShardsAnswered { get; } = new(
        Meter,
        "facegrid.search.shards.answered",
        "{shard}",
        "Shards that answered searches.");

    /// <summary>Searches that had to do without some shards.</summary>
    public static Tally PartialSearches { get; } = new(
        Meter,
        "facegrid.search.partial",
        "{search}",
        "Searches without some of their shards, refused or labelled.");

    /// <summary>Seconds of one pass over a shard's memory.</summary>
    public static Histogram<double> Scan { get; } = Time("facegrid.scan.duration", "Time of one pass over the memory of a shard.");

    /// <summary>Probes that shared a pass.</summary>
    public static Histogram<long> ScanProbes { get; } = Meter.CreateHistogram(
        "facegrid.scan.probes",
        "{probe}",
        "Probes that shared one pass over a shard.",
        tags: null,
        Counts);

    /// <summary>Comparisons of a shard with its rows, by outcome: <c>same</c>, <c>differed</c> or <c>failed</c>.</summary>
    public static Tally SelfChecks { get; } = new(
        Meter,
        "facegrid.shard.checks",
        "{check}",
        "Comparisons of a shard with its rows, by outcome.",
        "outcome",
        "same",
        "differed",
        "failed");

    /// <summary>People whose entry in a shard differed from their row when compared; most of them are writes under way.</summary>
    public static Tally SelfCheckDifferences { get; } = new(
        Meter,
        "facegrid.shard.differences",
        "{person}",
        "People whose entry in a shard differed from their row when compared; a write under way is one too.");

    /// <summary>People whose entry in a shard differed from their row and was mended. Should stay 0.</summary>
    public static Tally SelfCheckRepairs { get; } = new(
        Meter,
        "facegrid.shard.repairs",
        "{person}",
        "People whose entry in a shard differed from their row and was repaired. Should stay 0.");

    /// <summary>Seconds a shard took to load from its rows.</summary>
    public static Histogram<double> ShardLoad { get; } = Time("facegrid.shard.load.duration", "Time a shard took to load from its rows.");

    /// <summary>Seconds a growth to the next level took.</summary>
    public static Histogram<double> Growth { get; } = Time("facegrid.gallery.growth.duration", "Time a gallery took to double its shards.");

    /// <summary>Growths that failed and will be tried again.</summary>
    public static Tally GrowthFailures { get; } = new(
        Meter,
        "facegrid.gallery.growth.failures",
        "{attempt}",
        "Failed attempts to double the shards of a gallery; each is tried again.");

    /// <summary>Vectors of another model that were made from kept cut-outs.</summary>
    public static Tally MigratedFaces { get; } = new(
        Meter,
        "facegrid.gallery.migration.faces",
        "{face}",
        "Faces whose vector of another model was made from the kept cut-out.");

    /// <summary>Attempts to continue a migration to another model that failed and are tried again.</summary>
    public static Tally MigrationFailures { get; } = new(
        Meter,
        "facegrid.gallery.migration.failures",
        "{attempt}",
        "Failed attempts to continue a gallery's migration to another model; each is tried again.");

    /// <summary>Rows of lists that were found damaged, each time they were read. Should stay 0.</summary>
    public static Tally DamagedRows { get; } = new(
        Meter,
        "facegrid.storage.damaged",
        "{row}",
        "Damaged rows of cameras, rules, galleries and people, counted each time they are read. Should stay 0.");

    private static Histogram<double> Searchable { get; } = Time(
        "facegrid.enrol.searchable.delay",
        "Time from a person's durable row to their updated shard: at once, or later by a pending index update.");

    /// <summary>Makes the counters and gauges known, so that the first scrape shows them as 0.</summary>
    public static void Begin() => RuntimeHelpers.RunClassConstructor(typeof(GridMetrics).TypeHandle);

    /// <summary>Records how long a durable change of a person took to reach the shard.</summary>
    /// <param name="delay">From the row to the shard's word.</param>
    /// <param name="later">True when the caller had to be answered "not yet searchable".</param>
    public static void RecordSearchable(
        TimeSpan delay,
        bool later) => Searchable.Record(delay.TotalSeconds,
        new KeyValuePair<string,
        object?>("path", later ? "later" : "at-once"));

    /// <summary>One more person, or one less, whose shard is still to be told.</summary>
    /// <param name="people">1 or -1.</param>
    public static void AddUnsearchable(int people) => Interlocked.Add(ref _unsearchable, people);

    /// <summary>A histogram of seconds.</summary>
    /// <param name="name">Name of the instrument.</param>
    /// <param name="description">What it measures.</param>
    public static Histogram<double> Time(
        string name,
        string description) => Meter.CreateHistogram(name,
        "s",
        description,
        tags: null,
        Times);
}
