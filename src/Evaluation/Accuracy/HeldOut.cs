using FaceGrid.Evaluation.Faces;
using FaceGrid.Evaluation.Measures;
using FaceGrid.Search;

namespace FaceGrid.Evaluation.Accuracy;

/// <summary>
/// Judges an embedder on people whom the built-in models were not trained on. The thresholds come from other people whom these models were
/// not trained on either.
/// </summary>
internal static class HeldOut
{
    private static readonly double[] Rates = [1e-2, 1e-3, 1e-4];

    /// <summary>Measures.</summary>
    /// <param name="data">The data set, with all its 13,233 pictures.</param>
    /// <param name="pairs">View 2.</param>
    /// <param name="vectors">
    /// A unit vector per picture; null where no face was found. A pair without a vector counts as not accepted.
    /// </param>
    /// <param name="cancellationToken">Ends the work. It leaves nothing behind.</param>
    /// <returns>The figures, or null where there are no pairs.</returns>
    public static HeldOutFigures? Measure(
        LabelledPictures data, IReadOnlyList<LabelledPair> pairs, float[]?[] vectors, CancellationToken cancellationToken)
    {
        if (pairs.Count == 0)
        {
            return null;
        }

        PeopleGroup[] groups = HeldOutPeople.Groups(data.People, pairs);
        PairDistances calibration = PairDistances.Among(
            data.People,
            vectors,
            index => groups[index] == PeopleGroup.Calibration,
            cancellationToken);
        PairDistances aside = PairDistances.Among(
            data.People,
            vectors,
            index => groups[index] is PeopleGroup.Calibration or PeopleGroup.Selection,
            cancellationToken);
        PairDistances test = PairDistances.Among(data.People, vectors, index => groups[index] == PeopleGroup.Test, cancellationToken);
        (LabelledPair Pair, float Squared)[] view2 =
        [
            .. pairs.Where(pair => pair.Fold >= HeldOutPeople.FirstTestFold).Select(
                pair => (pair, PairDistances.Squared(vectors[pair.A], vectors[pair.B]))),
        ];
        var folds = new PairDistances(
            [.. view2.Where(m => m.Pair.Mated).Select(m => m.Squared).Order()],
            [.. view2.Where(m => !m.Pair.Mated).Select(m => m.Squared).Order()]);
        float threshold = calibration.BestThreshold();
        double[] accuracies =
        [
            .. view2.GroupBy(m => m.Pair.Fold)
                .OrderBy(fold => fold.Key)
                .Select(fold => fold.Average(m => m.Squared <= threshold == m.Pair.Mated ? 1.0 : 0.0)),
        ];
        (double rankOne, int people) = RankOne(data, vectors, groups);
        return new HeldOutFigures(
            Math.Sqrt(threshold),
            accuracies.Average(),
            accuracies,
            [.. Rates.Take(2).Select(folds.PointAt)], // 1,500 pairs say nothing about one in 10,000.
            [.. Rates.Select(test.PointAt)],
            test.Mated.Length,
            test.NonMated.Length,
            rankOne,
            people,
            [.. Rates.Select(rate => aside.PointAt(rate)).Select(point => new CalibratedPoint(
                point.FalseAcceptRate, point.Threshold, Share(test.NonMated, point.Threshold), Share(test.Mated, point.Threshold)))],
            data.People.Where((_, index) => groups[index] is PeopleGroup.Calibration or PeopleGroup.Selection).Distinct().Count(),
            aside.NonMated.Length);
    }

    /// <summary>
    /// Enrols each person's first picture and searches with their further pictures. Whose first picture is nearest to each of them?
    /// </summary>
    private static (double Rate, int People) RankOne(LabelledPictures data, float[]?[] vectors, PeopleGroup[] groups)
    {
        int[] first = [.. Accuracy.RankOne.FirstPictures(data).Where(index => groups[index] == PeopleGroup.Test)];
        int[] probes = [.. Enumerable.Range(0, data.Files.Length).Where(index => groups[index] == PeopleGroup.Test).Except(first)];
        (string Person, float[] Templates)[] gallery =
        [
            .. first.Where(index => vectors[index] is not null).Select(index => (data.People[index], vectors[index]!)),
        ];
        int found = probes.Count(
            probe => vectors[probe] is { } vector && PlainSearch.Search(gallery, vector, 1)[0].Person == data.People[probe]);
        return ((double)found / probes.Length, gallery.Length);
    }

    private static double Share(float[] squared, double distance) =>
        (double)squared.Count(value => value <= distance * distance) / squared.Length;
}
