using System.Diagnostics.Metrics;

namespace FaceGrid.Grains;

/// <summary>Instruments of the grains, meter <c>FaceGrid.Grains</c>.</summary>
internal static class GridMetrics
{
    private static readonly Meter Meter = new("FaceGrid.Grains");

    /// <summary>People whose entry in a shard differed from their row and was mended. Should stay 0.</summary>
    public static Counter<long> SelfCheckRepairs { get; } = Meter.CreateCounter<long>("facegrid.shard.repairs", "{person}");

    /// <summary>Milliseconds from scatter to merged answer of an identify.</summary>
    public static Histogram<double> SearchMilliseconds { get; } = Meter.CreateHistogram<double>("facegrid.search.duration", "ms");

    /// <summary>Searches that had to do without some shards.</summary>
    public static Counter<long> PartialSearches { get; } = Meter.CreateCounter<long>("facegrid.search.partial", "{search}");

    /// <summary>Milliseconds a growth to the next level took.</summary>
    public static Histogram<double> GrowthMilliseconds { get; } = Meter.CreateHistogram<double>("facegrid.gallery.growth", "ms");
}
