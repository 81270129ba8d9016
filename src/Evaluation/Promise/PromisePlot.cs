using FaceGrid.Evaluation.Plots;

namespace FaceGrid.Evaluation.Promise;

/// <summary>Draws measured shares of strangers found, with their intervals, over the size of the gallery, beside what was promised.</summary>
internal static class PromisePlot
{
    /// <summary>Draws.</summary>
    /// <param name="figures">Of one or more embedders.</param>
    /// <returns>An SVG document.</returns>
    public static string Draw(IReadOnlyList<PromiseFigures> figures)
    {
        PromisePoint[] points = [.. figures.SelectMany(one => one.Points)];
        double from = points.Min(point => point.People);
        double to = points.Max(point => point.People);
        PlotLine[] promised = [.. points.Select(point => point.Promise).Distinct().Order()
            .SelectMany(promise => new[] { promise, promise / 2, promise * 2 }.Select((value, index) => new PlotLine(
                index == 0 ? $"{100 * promise:0.##} % promised" : index == 1 ? "half and twice that" : "", [(from, value), (to, value)], 5, index == 0 ? "" : "2 4")))];
        PlotLine[] measured = [.. figures.SelectMany((one, index) => one.Points.GroupBy(point => point.Promise)
            .Select((group, number) => new PlotLine(number == 0 ? one.Embedder : "", [.. group.Select(point => ((double)point.People, point.FalsePositive.Value))], index)))];
        return LinePlot.Draw(
            new PlotAxis("people in the gallery", Math.Pow(10, Math.Floor(Math.Log10(from))), Math.Pow(10, Math.Ceiling(Math.Log10(to)))),
            new PlotAxis("strangers found", 0.001, 0.2, Percent: true),
            [.. measured, .. promised],
            [.. figures.SelectMany((one, index) => one.Points.Select(point => ((double)point.People, point.FalsePositive.Low, point.FalsePositive.High, index)))]);
    }
}
