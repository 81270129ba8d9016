using FaceGrid.Evaluation.Faces;
using FaceGrid.Search;
using FaceGrid.Vision.Quality;

namespace FaceGrid.Evaluation.Measures;

/// <summary>
/// Shows how errors depend on the quality of the worse picture of a pair. All pictures are divided into quarters, from bad to good.
/// </summary>
internal static class QualityBins
{
    private const double FalseMatchRate = 1e-4;
    private const int Quarters = 4;

    // Larger is better for all of them.
    private static readonly (string Name, Func<FaceQuality, double> Value)[] Measures =
    [
        ("eye distance, pixels", quality => quality.EyeDistancePixels),
        ("sharpness", quality => quality.Sharpness),
        ("contrast", quality => quality.Contrast),
        ("yaw, degrees from frontal", quality => -Math.Abs(quality.Yaw)),
        ("detector's confidence", quality => quality.Confidence),
    ];

    /// <summary>Counts.</summary>
    /// <param name="set">Vectors and qualities.</param>
    /// <param name="tally">All pairs.</param>
    /// <returns>Four bins per measure.</returns>
    public static IReadOnlyList<QualityBin> Measure(FaceSet set, PairTally tally)
    {
        int[][] people = set.PicturesByPerson();
        int allowed = (int)(FalseMatchRate * tally.NonMated.Sum());
        float squared = allowed < tally.Near.Length ? tally.Near[allowed].Squared : tally.NearLimit;
        return [.. Measures.SelectMany(measure => Bins(set, people, tally, squared, measure.Name, measure.Value))];
    }

    private static IEnumerable<QualityBin> Bins(
        FaceSet set, int[][] people, PairTally tally, float squared, string name, Func<FaceQuality, double> value)
    {
        int[] order =
        [
            .. people.SelectMany(pictures => pictures).OrderBy(picture => value(set.Quality[picture]!)).ThenBy(picture => picture),
        ];
        int[] quarterOf = new int[set.Files.Length];
        for (int i = 0; i < order.Length; i++)
        {
            quarterOf[order[i]] = (int)((long)i * Quarters / order.Length);
        }

        long[] mated = new long[Quarters];
        long[] missed = new long[Quarters];
        foreach (int[] pictures in people)
        {
            for (int a = 0; a < pictures.Length; a++)
            {
                for (int b = a + 1; b < pictures.Length; b++)
                {
                    int quarter = Math.Min(quarterOf[pictures[a]], quarterOf[pictures[b]]);
                    mated[quarter]++;
                    missed[quarter] += Distance.Squared(set.Vectors[pictures[a]]!, set.Vectors[pictures[b]]!) > squared ? 1 : 0;
                }
            }
        }

        long[] matched = new long[Quarters];
        foreach (NearPair pair in tally.Near.TakeWhile(pair => pair.Squared <= squared))
        {
            matched[Math.Min(quarterOf[pair.PictureA], quarterOf[pair.PictureB])]++;
        }

        for (int quarter = 0; quarter < Quarters; quarter++)
        {
            int first = (int)(((long)quarter * order.Length + Quarters - 1) / Quarters);
            int end = (int)((((long)quarter + 1) * order.Length + Quarters - 1) / Quarters);
            if (first >= end)
            {
                continue; // Fewer than four pictures.
            }

            long pairs = Pairs(order.Length - first) - Pairs(order.Length - end) - mated[quarter];
            double from = Math.Abs(value(set.Quality[order[first]]!));
            double to = Math.Abs(value(set.Quality[order[end - 1]]!));
            yield return new QualityBin(
                name,
                Math.Round(from, 3),
                Math.Round(to, 3),
                mated[quarter],
                mated[quarter] == 0 ? 0 : (double)missed[quarter] / mated[quarter],
                pairs <= 0 ? 0 : (double)matched[quarter] / pairs);
        }
    }

    private static long Pairs(long count) => count * (count - 1) / 2;
}
