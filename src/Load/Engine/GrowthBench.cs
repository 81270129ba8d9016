namespace FaceGrid.Load.Engine;

/// <summary>Measures how time and memory of a search grow with the number of rows, for one vector length.</summary>
internal static class GrowthBench
{
    /// <summary>Probes per pass that are measured.</summary>
    public static readonly IReadOnlyList<int> Batches = [1, 4, 8, 16, 64, 256];

    /// <summary>Numbers of rows that are measured: 10, 30, 100, ... thousand, and the largest number.</summary>
    /// <param name="most">The largest number.</param>
    /// <returns>Ascending.</returns>
    public static IEnumerable<int> Sizes(int most)
    {
        for (long size = 10_000; size < most; size *= 10)
        {
            yield return (int)size;
            if (3 * size < most)
            {
                yield return (int)(3 * size);
            }
        }

        yield return most;
    }

    /// <summary>Measures one gallery with each batch, one hit per probe.</summary>
    /// <param name="rows">Templates.</param>
    /// <param name="dimension">Length of a vector.</param>
    /// <param name="threads">Threads.</param>
    /// <param name="rounds">Measured rounds.</param>
    /// <param name="cancellationToken">Ends the measurement. It leaves nothing behind.</param>
    /// <returns>A point for each batch.</returns>
    public static async Task<IReadOnlyList<GrowthPoint>> MeasureAsync(
        int rows, int dimension, int threads, int rounds, CancellationToken cancellationToken)
    {
        using var bench = new SearchBench(BenchData.Clustered, rows, dimension, cancellationToken);
        List<GrowthPoint> points = [];
        foreach (int batch in Batches)
        {
            Spread pass = await bench.MeasureEngineAsync(batch, threads, limit: 1, rounds, cancellationToken);
            points.Add(new GrowthPoint(rows, dimension, batch, pass, bench.BuildSeconds, bench.IndexBytes));
        }

        return points;
    }
}
