using FaceGrid.Search;

namespace FaceGrid.Evaluation.Measures;

/// <summary>Squared distances of pairs, ascending; infinity where a picture has no vector.</summary>
/// <param name="Mated">Of two pictures of one person.</param>
/// <param name="NonMated">Of pictures of two people.</param>
internal sealed record PairDistances(float[] Mated, float[] NonMated)
{
    /// <summary>Compares every picture with every other.</summary>
    /// <param name="people">Who each picture shows.</param>
    /// <param name="vectors">A unit vector per picture, or null.</param>
    /// <param name="belongs">True for the index of a picture that takes part.</param>
    /// <param name="cancellationToken">Ends the work. It leaves nothing behind.</param>
    public static PairDistances Among(
        IReadOnlyList<string> people, float[]?[] vectors, Func<int, bool> belongs, CancellationToken cancellationToken)
    {
        int[] indexes = [.. Enumerable.Range(0, vectors.Length).Where(belongs)];
        List<float> mated = [], nonMated = [];
        for (int i = 0; i < indexes.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (int j = i + 1; j < indexes.Length; j++)
            {
                (people[indexes[i]] == people[indexes[j]] ? mated : nonMated).Add(Squared(vectors[indexes[i]], vectors[indexes[j]]));
            }
        }

        mated.Sort();
        nonMated.Sort();
        return new PairDistances([.. mated], [.. nonMated]);
    }

    /// <summary>The squared distance of two pictures.</summary>
    /// <param name="a">A unit vector, or null.</param>
    /// <param name="b">Another.</param>
    /// <returns>0 to 4, or infinity when one of them has no vector.</returns>
    public static float Squared(float[]? a, float[]? b) => a is null || b is null ? float.PositiveInfinity : Distance.Squared(a, b);

    /// <summary>The true accept rate at a false accept rate.</summary>
    /// <param name="rate">The false accept rate, 0 to 1.</param>
    public OperatingPoint PointAt(double rate) => OperatingPoint.Find(rate, NonMated.Length, NonMated, Mated);

    /// <summary>
    /// The squared distance that sorts best when all mated pairs together weigh as much as all non-mated ones. It lies half-way between two
    /// neighbouring distances.
    /// </summary>
    public float BestThreshold()
    {
        (double best, float threshold) = (0, 0);
        int below = 0;
        for (int i = 0; i < Mated.Length && float.IsFinite(Mated[i]); i++)
        {
            // The best cut lies behind a mated pair and before the next non-mated one.
            while (below < NonMated.Length && NonMated[below] <= Mated[i])
            {
                below++;
            }

            double gain = ((i + 1.0) / Mated.Length) - ((double)below / NonMated.Length);
            if (gain > best)
            {
                float next = Math.Min(i + 1 < Mated.Length ? Mated[i + 1] : 4, below < NonMated.Length ? NonMated[below] : 4);
                (best, threshold) = (gain, (Mated[i] + Math.Min(next, 4)) / 2);
            }
        }

        return threshold;
    }
}
