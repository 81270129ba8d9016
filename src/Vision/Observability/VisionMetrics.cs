using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace FaceGrid.Vision.Observability;

/// <summary>
/// Instruments and spans of the picture pipeline: meter and activity source <c>FaceGrid.Vision</c>. docs/metrics.md lists them under their
/// Prometheus names.
/// </summary>
internal static class VisionMetrics
{
    private const string Name = "FaceGrid.Vision";

    private static readonly Meter Meter = new(Name);
    private static readonly Lock Guard = new();
    private static readonly HashSet<FacePipeline> Pipelines = [];

    // From a tenth of a millisecond (a model run on a GPU) to ten seconds (a picture at the end of a long queue).
    private static readonly InstrumentAdvice<double> Times = new()
    {
        HistogramBucketBoundaries = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    };

    private static readonly InstrumentAdvice<long> Counts = new()
    {
        HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024],
    };

    static VisionMetrics()
    {
        Meter.CreateObservableGauge(
            "facegrid.vision.queue",
            static () => Sum(static pipeline => pipeline.QueueLength),
            "{picture}",
            "Pictures waiting or in work.");
        Meter.CreateObservableGauge(
            "facegrid.vision.queue.limit",
            static () => Sum(static pipeline => pipeline.QueueLengthMax),
            "{picture}",
            "Pictures that may wait or be in work before more are refused.");
    }

    /// <summary>The source of spans. It costs nothing while nobody listens.</summary>
    public static ActivitySource Spans { get; } = new(Name);

    /// <summary>Pictures by outcome, a value of <see cref="PictureStatus"/>.</summary>
    public static Counter<long> Pictures { get; } = Meter.CreateCounter<long>(
        "facegrid.vision.pictures", "{picture}", "Pictures taken in or refused, by outcome.");

    /// <summary>Seconds that a picture waited for a thread.</summary>
    public static Histogram<double> QueueWait { get; } = Time("facegrid.vision.queue.wait", "Time a picture waited for a thread.");

    /// <summary>Seconds to decode a picture.</summary>
    public static Histogram<double> Decode { get; } = Time("facegrid.vision.decode.duration", "Time to decode a picture.");

    /// <summary>Seconds to find the faces of a picture.</summary>
    public static Histogram<double> Detect { get; } = Time("facegrid.vision.detect.duration", "Time to find the faces of a picture.");

    /// <summary>Seconds that a face waited for its batch to begin.</summary>
    public static Histogram<double> EmbedWait { get; } = Time(
        "facegrid.vision.embed.wait", "Time a face waited for its run of the embedding model.");

    /// <summary>Seconds that one batch took.</summary>
    public static Histogram<double> Embed { get; } = Time(
        "facegrid.vision.embed.duration", "Time of one run of the embedding model over a batch.");

    /// <summary>Faces per batch.</summary>
    public static Histogram<long> BatchSize { get; } = Meter.CreateHistogram(
        "facegrid.vision.embed.batch", "{face}", "Faces that shared one run of the embedding model.", tags: null, Counts);

    /// <summary>Seconds that the PAD models took for up to 32 faces of one picture.</summary>
    public static Histogram<double> Liveness { get; } = Time(
        "facegrid.vision.liveness.duration", "Time to check whether faces are live, up to 32 of one picture at a time.");

    /// <summary>Counts a picture.</summary>
    /// <param name="status">Its outcome.</param>
    public static void Count(PictureStatus status) => Pictures.Add(1, new KeyValuePair<string, object?>("outcome", NameOf(status)));

    /// <summary>Adds a pipeline's queue to the gauges.</summary>
    /// <param name="pipeline">The pipeline. It is kept until <see cref="Forget"/>.</param>
    public static void Watch(FacePipeline pipeline)
    {
        lock (Guard)
        {
            Pipelines.Add(pipeline);
        }
    }

    /// <summary>Ends <see cref="Watch"/>.</summary>
    /// <param name="pipeline">The same pipeline.</param>
    public static void Forget(FacePipeline pipeline)
    {
        lock (Guard)
        {
            Pipelines.Remove(pipeline);
        }
    }

    private static Histogram<double> Time(string name, string description) =>
        Meter.CreateHistogram(name, "s", description, tags: null, Times);

    private static long Sum(Func<FacePipeline, long> number)
    {
        lock (Guard)
        {
            return Pipelines.Sum(number);
        }
    }

    private static string NameOf(PictureStatus status) => status switch
    {
        PictureStatus.Ok => "ok",
        PictureStatus.Empty => "empty",
        PictureStatus.NotAPicture => "not-a-picture",
        PictureStatus.Corrupt => "corrupt",
        PictureStatus.TooManyBytes => "too-many-bytes",
        PictureStatus.TooManyPixels => "too-many-pixels",
        PictureStatus.Busy => "busy",
        PictureStatus.Unsupported => "unsupported",
        _ => "other",
    };
}
