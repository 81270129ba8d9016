using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;

namespace FaceGrid.Grains.Storage;

/// <summary>Instruments of the database's operations; they belong to the meter of <see cref="GridMetrics"/>.</summary>
internal static class StorageMetrics
{
    /// <summary>Operations of the database that failed, by operation.</summary>
    public static Tally Failures { get; } = new(
        GridMetrics.Meter,
        "facegrid.storage.failures",
        "{operation}",
        "Operations of the database that failed, by operation.",
        "operation",
        [.. StorageOperation.All]);

    private static Histogram<double> Duration { get; } =
        GridMetrics.Time("facegrid.storage.duration", "Time of an operation of the database, by operation; failed ones too.");

    /// <summary>Makes the counters known, so that the first scrape shows them as 0.</summary>
    public static void Begin() => RuntimeHelpers.RunClassConstructor(typeof(StorageMetrics).TypeHandle);

    /// <summary>Records an operation of the database.</summary>
    /// <param name="operation">One of <see cref="StorageOperation"/>.</param>
    /// <param name="time">How long it took.</param>
    public static void Record(string operation, TimeSpan time) =>
        Duration.Record(time.TotalSeconds, new KeyValuePair<string, object?>("operation", operation));
}
