using FaceGrid.Evaluation.Plots;

namespace FaceGrid.Evaluation.Promise;

/// <summary>
/// Draws the measured shares of strangers found, with their intervals, over the size of the gallery. The promised shares are beside them.
/// </summary>
internal static class PromisePlot
{
    /// <summary>Number of the colour of promised lines.</summary>
    private const int Promised = 5;

    /// <summary>Draws.</summary>
    /// <param name="figures">Of one or more embedders.</param>
    /// <returns>An SVG document.</returns>
    public static string Draw(IReadOnlyList<PromiseFigures> figures)
    {
        PromisePoint[] points = [.. figures.SelectMany(one => one.Points)];
        double from = points.Min(point => point.People);
        double to = points.Max(point => point.People);
        PlotLine[] promised =
        [
            .. points.Select(point => point.Promise).Distinct().Order().SelectMany(promise => new PlotLine[]
            {
                new($"{100 * promise:0.##} % promised", [(from, promise), (to, promise)], Promised),
                new("half and twice that", [(from, promise / 2), (to, promise / 2)], Promised, "2 4"),
                new("", [(from, promise * 2), (to, promise * 2)], Promised, "2 4"),
            }),
        ];
        PlotLine[] measured = [.. figures.SelectMany((one, index) => Measured(one, index))];
        return LinePlot.Draw(
            new PlotAxis("people in the gallery", Math.Pow(10, Math.Floor(Math.Log10(from))), Math.Pow(10, Math.Ceiling(Math.Log10(to)))),
            new PlotAxis("strangers found", 0.001, 0.2, Percent: true),
            [.. measured, .. promised],
            [.. figures.SelectMany((one, index) => one.Points.Select(point => Interval(point, index)))]);
    }

    private static (double X, double Low, double High, int Colour) Interval(PromisePoint point, int colour) =>
        (point.People, point.FalsePositive.Low, point.FalsePositive.High, colour);

    private static IEnumerable<PlotLine> Measured(PromiseFigures one, int colour) => one.Points
        .GroupBy(point => point.Promise)
        .Select((group, number) => new PlotLine(
            number == 0 ? one.Embedder : "",
            [.. group.Select(point => ((double)point.People, point.FalsePositive.Value))],
            colour));
}
