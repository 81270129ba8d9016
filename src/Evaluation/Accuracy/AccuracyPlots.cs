using FaceGrid.Evaluation.Plots;

namespace FaceGrid.Evaluation.Accuracy;

/// <summary>Draws the curves of several embedders together.</summary>
internal static class AccuracyPlots
{
    /// <summary>Draws.</summary>
    /// <param name="directory">Receives <c>det.svg</c>, <c>cmc.svg</c> and <c>open-set.svg</c>.</param>
    /// <param name="reports">The figures; those without curves are left out.</param>
    /// <param name="cancellationToken">Ends the work. Files that are written stay.</param>
    /// <returns>Completes when the files are written.</returns>
    public static async Task WriteAsync(string directory, IReadOnlyList<LfwReport> reports, CancellationToken cancellationToken)
    {
        LfwReport[] drawn = [.. reports.Where(report => report.Curves is not null)];
        Directory.CreateDirectory(directory);
        await File.WriteAllTextAsync(Path.Combine(directory, "det.svg"), Det(drawn), cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(directory, "cmc.svg"), Cmc(drawn), cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(directory, "open-set.svg"), OpenSet(drawn), cancellationToken);
    }

    private static string Det(LfwReport[] reports) => LinePlot.Draw(
        new PlotAxis("false match rate", 1e-7, 0.1),
        new PlotAxis("false non-match rate", 1e-3, 1, Percent: true),
        [.. reports.Select((report, index) => new PlotLine(
            report.Embedder,
            [
                .. report.Curves!.Det.Where(point => point.FalseMatchRate is >= 1e-7 and <= 0.1).Select(
                    point => (point.FalseMatchRate, point.FalseNonMatchRate)),
            ],
            index))]);

    private static string Cmc(LfwReport[] reports) => LinePlot.Draw(
        new PlotAxis("among the nearest k people", 1, 50),
        new PlotAxis("probes found", 0.85, 1, Logarithmic: false, Percent: true),
        [
            .. reports.Select(
                (report, index) => new PlotLine(
                    report.Embedder,
                    [.. report.Curves!.Cmc.Select((share, place) => (place + 1.0, share))],
                    index)),
        ]);

    private static string OpenSet(LfwReport[] reports) => LinePlot.Draw(
        new PlotAxis("strangers found (FPIR)", 1e-3, 0.2, Percent: true),
        new PlotAxis("enrolled people not found (FNIR)", 0.01, 1, Percent: true),
        [.. reports.SelectMany(OpenSetLines)]);

    private static IEnumerable<PlotLine> OpenSetLines(LfwReport report, int index) => report.Curves!.OpenSet
        .GroupBy(point => point.People)
        .Where(size => size.Key is 100 or 1000 or 2500)
        .Select((size, number) => new PlotLine(
            $"{report.Embedder}, {size.Key}",
            [.. size.Select(point => (point.FalsePositiveRate, point.FalseNegative.Value))],
            index,
            number switch { 0 => "", 1 => "6 3", _ => "2 3" }));
}
