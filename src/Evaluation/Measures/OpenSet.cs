using FaceGrid.Evaluation.Faces;

namespace FaceGrid.Evaluation.Measures;

/// <summary>
/// Open-set identification in galleries of random people. The probes are other pictures of these people, and pictures of everybody else.
/// </summary>
internal static class OpenSet
{
    private static readonly int[] Sizes = [100, 500, 1000, 2500];
    private static readonly double[] Rates = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2];

    /// <summary>Measures.</summary>
    /// <param name="set">Vectors.</param>
    /// <param name="draws">Galleries per size.</param>
    /// <param name="seed">Seed of the choices.</param>
    /// <param name="threads">Threads to use.</param>
    /// <returns>
    /// A point for each size up to half of the people, and for each rate to which at least ten searches for strangers contribute.
    /// </returns>
    public static IReadOnlyList<OpenSetPoint> Measure(FaceSet set, int draws, int seed, int threads)
    {
        int[][] people = set.PicturesByPerson();
        int[] order = [.. Enumerable.Range(0, people.Length)];
        Random random = new(seed);
        List<OpenSetPoint> points = [];
        foreach (int size in Sizes.Where(size => size <= people.Length / 2))
        {
            List<GalleryDraw> asked = [];
            for (int draw = 0; draw < draws; draw++)
            {
                random.Shuffle(order);
                asked.Add(GalleryDraw.Ask(set, people, order[..size], order[size..], random, threads));
            }

            float[] nearest = [.. asked.SelectMany(draw => draw.Strangers).Select(probe => probe.Nearest).Order()];
            foreach (double rate in Rates.Where(rate => rate * nearest.Length >= 10))
            {
                float squared = MathF.BitDecrement(nearest[(int)(rate * nearest.Length)]);
                IdentifyTally tally = new(people.Length);
                asked.ForEach(draw => tally.Add(draw, squared));
                points.Add(new OpenSetPoint(size, rate, Math.Round(Math.Sqrt(squared), 4), tally.FalseNegative(seed), nearest.Length));
            }
        }

        return points;
    }
}
