using FaceGrid.Evaluation.Faces;
using FaceGrid.Evaluation.Measures;

namespace FaceGrid.Evaluation.Accuracy;

/// <summary>
/// LFW View 2, "unrestricted with labeled outside data". It has ten folds. The threshold of each fold is chosen on the other nine.
/// </summary>
internal static class View2
{
    private const double FalseAcceptRate = 1e-3;

    /// <summary>Measures.</summary>
    /// <param name="pairs">The pairs.</param>
    /// <param name="vectors">
    /// A unit vector per picture; null where no face was found. A pair without a vector counts as not accepted.
    /// </param>
    /// <returns>The figures, or null when there are no pairs.</returns>
    public static View2Figures? Measure(IReadOnlyList<LabelledPair> pairs, float[]?[] vectors)
    {
        if (pairs.Count == 0)
        {
            return null;
        }

        (LabelledPair Pair, float Squared)[] measured =
        [
            .. pairs.Select(pair => (pair, PairDistances.Squared(vectors[pair.A], vectors[pair.B]))),
        ];
        int folds = pairs.Max(pair => pair.Fold) + 1;
        double[] accuracies = new double[folds];
        for (int fold = 0; fold < folds; fold++)
        {
            (float threshold, _) = Best([.. measured.Where(m => m.Pair.Fold != fold)]);
            accuracies[fold] = measured.Where(m => m.Pair.Fold == fold).Average(m => m.Squared <= threshold == m.Pair.Mated ? 1.0 : 0.0);
        }

        (float best, double bestAccuracy) = Best(measured);
        float[] nonMated = [.. measured.Where(m => !m.Pair.Mated).Select(m => m.Squared).Order()];
        float[] mated = [.. measured.Where(m => m.Pair.Mated).Select(m => m.Squared)];
        double mean = accuracies.Average();
        return new View2Figures(
            mean,
            Math.Sqrt(accuracies.Average(accuracy => (accuracy - mean) * (accuracy - mean))),
            Math.Sqrt(best),
            bestAccuracy,
            OperatingPoint.Find(FalseAcceptRate, nonMated.Length, nonMated, mated),
            mated.Length,
            nonMated.Length,
            accuracies);
    }

    /// <summary>
    /// The threshold with the most right answers. It lies half-way between two neighbouring distances. Of equally good thresholds, it is
    /// the smallest.
    /// </summary>
    private static (float Threshold, double Accuracy) Best((LabelledPair Pair, float Squared)[] measured)
    {
        Array.Sort(measured, (x, y) => x.Squared.CompareTo(y.Squared));
        int right = measured.Count(m => !m.Pair.Mated);
        (int best, float threshold) = (right, 0);
        for (int i = 0; i < measured.Length && float.IsFinite(measured[i].Squared); i++)
        {
            right += measured[i].Pair.Mated ? 1 : -1;
            bool last = i + 1 == measured.Length || !float.IsFinite(measured[i + 1].Squared);
            if (right > best && (last || measured[i + 1].Squared > measured[i].Squared))
            {
                best = right;
                double lower = Math.Sqrt(measured[i].Squared);
                double upper = last ? lower : Math.Sqrt(measured[i + 1].Squared);
                threshold = (float)((lower + upper) / 2 * ((lower + upper) / 2));
            }
        }

        return (threshold, (double)best / measured.Length);
    }
}
