using FaceGrid.Evaluation.Faces;
using FaceGrid.Search;

namespace FaceGrid.Evaluation.Measures;

/// <summary>
/// Closed-set identification: each person's first picture is enrolled, and all others are searched. At which place is the right person?
/// </summary>
internal static class ClosedSet
{
    private const int Places = 50;

    /// <summary>Measures with plain loops.</summary>
    /// <param name="set">Vectors; a probe without one is never found.</param>
    /// <param name="threads">Threads to use.</param>
    /// <param name="cancellationToken">Ends the work. It leaves nothing behind.</param>
    /// <returns>The share of probes whose person is among the nearest k, for k from 1 (the CMC); empty when there is no probe.</returns>
    public static double[] Measure(FaceSet set, int threads, CancellationToken cancellationToken)
    {
        int[] enrolled = [.. set.PicturesByPerson().Select(pictures => pictures[0])];
        Dictionary<string, int> numbers = enrolled.Index().ToDictionary(
            entry => set.People[entry.Item],
            entry => entry.Index,
            StringComparer.Ordinal);
        int[] probes =
        [
            .. Enumerable.Range(0, set.Files.Length).Except(enrolled).Where(picture => numbers.ContainsKey(set.People[picture])),
        ];
        int[] atPlace = new int[Places];
        ParallelOptions options = new() { MaxDegreeOfParallelism = threads, CancellationToken = cancellationToken };
        Parallel.ForEach(probes.Where(probe => set.Vectors[probe] is not null), options, probe =>
        {
            float[] vector = set.Vectors[probe]!;
            float mate = Distance.Squared(set.Vectors[enrolled[numbers[set.People[probe]]]]!, vector);
            int nearer = enrolled.Count(picture => Distance.Squared(set.Vectors[picture]!, vector) < mate);
            if (nearer < Places)
            {
                Interlocked.Increment(ref atPlace[nearer]);
            }
        });
        int found = 0;
        return probes.Length == 0 ? [] : [.. atPlace.Select(count => (double)(found += count) / probes.Length)];
    }
}
