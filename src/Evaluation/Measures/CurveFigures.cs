using FaceGrid.Evaluation.Faces;

namespace FaceGrid.Evaluation.Measures;

/// <summary>Figures that single operating points do not show: curves, intervals, and errors by quality.</summary>
/// <param name="WithoutFace">Share of the pictures that have no vector: failure to acquire.</param>
/// <param name="PeopleWithoutFace">Share of the people of whom no picture has a vector: failure to enrol.</param>
/// <param name="FalseNonMatch">FNMR at the distances of <see cref="OperatingPoint"/>. Its intervals come from resampling people.</param>
/// <param name="Det">False match rate and false non-match rate over the distance, all pairs of pictures.</param>
/// <param name="Cmc">Share of probes whose person is among the nearest k, for k from 1.</param>
/// <param name="OpenSet">FNIR at FPIR over gallery sizes.</param>
/// <param name="Quality">Errors by quality.</param>
internal sealed record CurveFigures(
    double WithoutFace,
    double PeopleWithoutFace,
    IReadOnlyList<Share> FalseNonMatch,
    IReadOnlyList<DetPoint> Det,
    IReadOnlyList<double> Cmc,
    IReadOnlyList<OpenSetPoint> OpenSet,
    IReadOnlyList<QualityBin> Quality)
{
    private const double NearShare = 0.001;

    /// <summary>Measures.</summary>
    /// <param name="set">Vectors.</param>
    /// <param name="points">Operating points over all pairs.</param>
    /// <param name="draws">Galleries per size.</param>
    /// <param name="seed">Seed of choices and resampling.</param>
    /// <param name="threads">Threads to use.</param>
    /// <param name="cancellationToken">Ends the work. It leaves nothing behind.</param>
    /// <returns>The figures.</returns>
    public static CurveFigures Measure(
        FaceSet set, IReadOnlyList<OperatingPoint> points, int draws, int seed, int threads, CancellationToken cancellationToken)
    {
        PairTally tally = PairTally.Count(set, NearShare, threads, cancellationToken);
        int everybody = set.People.Distinct(StringComparer.Ordinal).Count();
        return new CurveFigures(
            1 - ((double)tally.Pictures / set.Embedding.Pictures),
            1 - ((double)tally.People / everybody),
            [
                .. points.Select(
                    point => Share.Of(
                        [
                            .. tally.Mated.Select(
                                distances => (
                                    (double)distances.Count(squared => squared > point.Threshold * point.Threshold),
                                    (double)distances.Length)),
                        ],
                        seed)),
            ],
            [.. DetOf(tally)],
            ClosedSet.Measure(set, threads, cancellationToken),
            Measures.OpenSet.Measure(set, draws, seed, threads),
            QualityBins.Measure(set, tally));
    }

    // Every hundredth of the squared distance is finer than a plot shows.
    private static IEnumerable<DetPoint> DetOf(PairTally tally)
    {
        const int step = PairTally.Bins / 400;
        double mated = Math.Max(1, tally.MatedCounts.Sum());
        double nonMated = Math.Max(1, tally.NonMated.Sum());
        (long matched, long found) = (0, 0);
        for (int bin = 0; bin < PairTally.Bins; bin++)
        {
            matched += tally.NonMated[bin];
            found += tally.MatedCounts[bin];
            if (bin % step == step - 1 && matched > 0 && found > 0)
            {
                yield return new DetPoint(
                    Math.Round(Math.Sqrt(4.0 * (bin + 1) / PairTally.Bins), 4), matched / nonMated, 1 - (found / mated));
            }

            if (matched > nonMated / 2)
            {
                yield break;
            }
        }
    }
}
