using System.Diagnostics;
using FaceGrid.Search;

namespace FaceGrid.Benchmarks;

/// <summary>
/// Goal: what changes cost those who search meanwhile. Method: one thread searches all the time; in every other period of a second another thread replaces
/// 1 % of the people, evenly over the period. The search's median and slowest pass with and without changes, as ratios of neighbouring periods.
/// </summary>
internal static class Churn
{
    /// <summary>Runs.</summary>
    /// <param name="people">People, one template each.</param>
    /// <param name="dimension">Length of a vector.</param>
    /// <param name="periods">Pairs of periods.</param>
    public static async Task RunAsync(int people, int dimension, int periods)
    {
        var crowd = new SyntheticPeople(dimension, seed: 3);
        using var index = new TemplateIndex(dimension);
        float[][] vectors = [.. Enumerable.Range(0, 20_000).AsParallel().AsOrdered().Select(crowd.Vector)];
        for (int person = 0; person < people; person++)
        {
            // Many people share a vector's values, turned by a few places: making a million of them would take longer than the measurement.
            index.Set(SyntheticPeople.Id(person), Turned(vectors[person % vectors.Length], person / vectors.Length));
        }

        using var pool = new ScanPool(1);
        List<double> quiet = [], busy = [], ratios = [], slowest = [];
        await SearchAsync(pool, index, vectors[0]);
        for (int period = 0; period < periods; period++)
        {
            List<double> without = await SearchAsync(pool, index, vectors[period]);
            Task<List<double>> searching = SearchAsync(pool, index, vectors[period]);
            await Task.Run(() => Replace(index, vectors, people, people / 100, period));
            List<double> with = await searching;
            quiet.Add(Statistics.Median(without));
            busy.Add(Statistics.Median(with));
            ratios.Add(Statistics.Median(with) / Statistics.Median(without));
            slowest.Add(with.Max() / without.Max());
        }

        Console.WriteLine($"{people} x {dimension}, {people / 100} people replaced per second; a pass without changes {Statistics.Of(quiet, "0.00 ms")}, with {Statistics.Of(busy, "0.00 ms")}; "
            + $"ratio of the medians {Statistics.Of(ratios, "0.000")}, of the slowest passes {Statistics.Of(slowest, "0.000")}");
    }

    private static async Task<List<double>> SearchAsync(ScanPool pool, TemplateIndex index, float[] probe)
    {
        List<double> times = [];
        for (long begin = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begin) < TimeSpan.FromSeconds(1);)
        {
            long start = Stopwatch.GetTimestamp();
            await pool.SearchAsync(index, probe, 1, 5, CancellationToken.None);
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        return times;
    }

    private static void Replace(TemplateIndex index, float[][] vectors, int people, int count, int seed)
    {
        var random = new Random(seed);
        long begin = Stopwatch.GetTimestamp();
        for (int i = 0; i < count; i++)
        {
            index.Set(SyntheticPeople.Id(random.Next(people)), vectors[random.Next(vectors.Length)]);
            TimeSpan early = TimeSpan.FromSeconds((double)i / count) - Stopwatch.GetElapsedTime(begin);
            if (early > TimeSpan.FromMilliseconds(2))
            {
                Thread.Sleep(early);
            }
        }
    }

    private static float[] Turned(float[] vector, int places) => [.. vector[places..], .. vector[..places]];
}
