using FaceGrid.Cli.Shell;
using FaceGrid.Evaluation.Accuracy;
using FaceGrid.Evaluation.Faces;
using FaceGrid.Evaluation.Measures;

namespace FaceGrid.Cli.Evaluation;

/// <summary>Prints the figures for people.</summary>
internal static class LfwPrinter
{
    /// <summary>Prints.</summary>
    /// <param name="terminal">Where to print.</param>
    /// <param name="report">The figures.</param>
    public static void Print(Terminal terminal, LfwReport report)
    {
        EmbeddingFigures e = report.Embedding;
        List<string[]> rows =
        [
            ["contract", report.Contract],
            ["detector", $"{report.Detector}, {report.ExecutionProvider}, {report.Threads} threads"],
            ["pictures", $"{e.Pictures}, {e.WithoutFace.Count} without a face"],
            [
                "time",
                $"{e.Seconds:0.0} s, {e.PicturesPerSecond:0.0} pictures/s; alone {e.DetectMilliseconds:0.00} ms to find + "
                    + $"{e.EmbedMilliseconds:0.00} ms to embed",
            ],
        ];
        rows.AddRange(e.WithoutFace.Take(5).Select(missing => new[] { missing.File, missing.Reason }));
        if (report.View2 is { } view2)
        {
            rows.Add(["View 2", $"{Percent(view2.Accuracy)} +- {Percent(view2.AccuracyDeviation)}"]);
            rows.Add(["View 2, best distance", $"{view2.BestDistance:0.000} ({Percent(view2.BestAccuracy)})"]);
            rows.Add(["View 2, " + Point(view2.TarAtFar1e3).Name, Point(view2.TarAtFar1e3).Value]);
        }

        foreach (OperatingPoint point in report.AllPairs?.Points ?? [])
        {
            rows.Add(["all pairs, " + Point(point).Name, Point(point).Value]);
        }

        if (report.AllPairs is { } pairs)
        {
            rows.Add(["all pairs, counts", $"{pairs.Mated} mated, {pairs.NonMated} non-mated"]);
        }

        if (report.Curves is { } curves)
        {
            rows.AddRange(
                curves.FalseNonMatch.Select(
                    (share, index) => new[]
                    {
                        $"FNMR at FMR {report.AllPairs!.Points[index].FalseAcceptRate:0.#######}, people resampled",
                        share.InWords(),
                    }));
            rows.Add(
                [
                    "failure to acquire, to enrol",
                    $"{Percent(curves.WithoutFace)} of pictures, {Percent(curves.PeopleWithoutFace)} of people",
                ]);
            rows.AddRange(curves.OpenSet.Where(point => point.FalsePositiveRate is 0.01 or 0.05)
                .Select(point => new[]
                {
                    $"FNIR at FPIR {Percent(point.FalsePositiveRate)}, {point.People} people",
                    $"{point.FalseNegative.InWords()} at {point.Distance:0.000}",
                }));
            rows.AddRange(
                curves.Quality.Select(
                    bin => new[]
                    {
                        $"{bin.Measure} {bin.From:0.##} to {bin.To:0.##}",
                        $"FNMR {Percent(bin.FalseNonMatchRate)}, FMR {bin.FalseMatchRate:0.0E0}",
                    }));
        }

        if (report.RankOne is { } rank)
        {
            rows.Add(
                [
                    "rank-1",
                    $"{Percent(rank.Rate)}, {rank.People} people, {rank.Probes} probes, {rank.DifferentFromPlainLoop} answers differ "
                        + $"from the plain loop ({rank.Kernel})",
                ]);
        }

        rows.AddRange(HeldOut(report.HeldOut));
        if (report.Golden is { } golden)
        {
            rows.Add(
                [
                    "against the golden vectors",
                    $"cosine mean {golden.CosineMean:0.00000}, min {golden.CosineMin:0.0000} ({golden.Worst}), {golden.Below} of "
                        + $"{golden.Compared} below 0.99",
                ]);
        }

        terminal.WriteTable([report.Embedder, ""], rows);
    }

    private static IEnumerable<string[]> HeldOut(HeldOutFigures? figures)
    {
        if (figures is null)
        {
            yield break;
        }

        yield return ["unseen people, folds 6-10", $"{Percent(figures.Accuracy)} at the calibration people's {figures.Threshold:0.000}"];
        foreach (OperatingPoint point in figures.View2Points)
        {
            yield return ["unseen people, folds 6-10, " + Point(point).Name, Point(point).Value];
        }

        foreach (OperatingPoint point in figures.TestPoints)
        {
            yield return ["unseen people, all pairs, " + Point(point).Name, Point(point).Value];
        }

        yield return ["unseen people, counts", $"{figures.TestMated} mated, {figures.TestNonMated} non-mated"];
        yield return ["unseen people, rank-1", $"{Percent(figures.RankOne)} of {figures.RankOnePeople} people"];
        foreach (CalibratedPoint point in figures.Calibration)
        {
            yield return [$"calibrated for FMR {point.FalseMatchRate:0.#####}",
                $"{point.Distance:0.000}; unseen people: FMR {point.FalseMatchRateOnTest:0.0000000}, "
                    + $"{Percent(point.TrueMatchRateOnTest)} of mated pairs found"];
        }

        yield return ["calibrated on", $"{figures.CalibrationPeople} people, {figures.CalibrationNonMated} non-mated pairs"];
    }

    private static (string Name, string Value) Point(OperatingPoint point) =>
        ($"TAR at FAR {point.FalseAcceptRate:0.#######}", $"{Percent(point.TrueAcceptRate)} at {point.Threshold:0.000}");

    private static string Percent(double share) => $"{100 * share:0.00} %";
}
