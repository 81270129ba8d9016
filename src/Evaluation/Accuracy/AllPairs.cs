using FaceGrid.Evaluation.Measures;

namespace FaceGrid.Evaluation.Accuracy;

/// <summary>
/// Compares every picture with every other. LFW has 87.5 million such pairs. This is the only way to see false accept rates of 1 in
/// 100,000.
/// </summary>
internal static class AllPairs
{
    private static readonly double[] FalseAcceptRates = [1e-3, 1e-4, 1e-5];

    /// <summary>
    /// Measures. The figures are exact: the distance is the one that a search computes, and the thresholds are selected from these
    /// distances, not read from a histogram.
    /// </summary>
    /// <param name="people">Who each picture shows.</param>
    /// <param name="vectors">
    /// A unit vector per picture; null where no face was found. A pair without a vector counts as not accepted.
    /// </param>
    /// <param name="threads">Threads to use.</param>
    /// <param name="progress">Counts pictures.</param>
    /// <param name="cancellationToken">Ends the work. It leaves nothing behind.</param>
    /// <returns>The figures.</returns>
    public static AllPairsFigures Measure(
        string[] people, float[]?[] vectors, int threads, Action progress, CancellationToken cancellationToken)
    {
        int[] personOf = [.. people.Select(Number())];
        long pairs = (long)people.Length * (people.Length - 1) / 2;
        long matedCount = personOf.CountBy(person => person).Sum(group => (long)group.Value * (group.Value - 1) / 2);
        long nonMatedCount = pairs - matedCount;
        int kept = (int)(FalseAcceptRates[0] * nonMatedCount) + 2;
        SmallestValues nonMated = new(kept);
        List<float> mated = new((int)matedCount);
        Lock gate = new();
        Parallel.For(
            0,
            people.Length,
            new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellationToken },
            () => (NonMated: new SmallestValues(kept), Mated: new List<float>()),
            (row, _, local) =>
            {
                CompareRow(row, personOf, vectors, local.NonMated, local.Mated);
                progress();
                return local;
            },
            local =>
            {
                lock (gate)
                {
                    nonMated.Add(local.NonMated);
                    mated.AddRange(local.Mated);
                }
            });
        float[] ascending = nonMated.ToAscending();
        float[] all = [.. mated];
        return new AllPairsFigures(
            all.Length,
            nonMatedCount,
            [.. FalseAcceptRates.Select(rate => OperatingPoint.Find(rate, nonMatedCount, ascending, all))]);
    }

    private static void CompareRow(int row, int[] personOf, float[]?[] vectors, SmallestValues nonMated, List<float> mated)
    {
        for (int other = row + 1; other < vectors.Length; other++)
        {
            float squared = PairDistances.Squared(vectors[row], vectors[other]);
            if (personOf[row] == personOf[other])
            {
                mated.Add(squared);
            }
            else
            {
                nonMated.Add(squared);
            }
        }
    }

    private static Func<string, int> Number()
    {
        Dictionary<string, int> numbers = new(StringComparer.Ordinal);
        return name =>
        {
            numbers.TryAdd(name, numbers.Count);
            return numbers[name];
        };
    }
}
