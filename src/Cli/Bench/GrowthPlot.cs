using FaceGrid.Evaluation.Plots;
using FaceGrid.Load.Engine;

namespace FaceGrid.Cli.Bench;

/// <summary>
/// Draws the time of a pass over the rows of a gallery, with a line for each dimension and batch. Both axes are logarithmic.
/// </summary>
internal static class GrowthPlot
{
    /// <summary>Draws.</summary>
    /// <param name="points">Figures, at least one.</param>
    /// <returns>An SVG document.</returns>
    public static string Draw(IReadOnlyList<GrowthPoint> points)
    {
        GrowthPoint[] shown = [.. points.Where(point => point.Batch is 1 or 8 or 64)];
        int[] dimensions = [.. shown.Select(point => point.Dimension).Distinct()];
        var series = shown
            .GroupBy(point => (point.Dimension, point.Batch))
            .OrderByDescending(one => one.Last().PassMilliseconds.Median);
        return LinePlot.Draw(
            Decades("templates", shown.Select(point => (double)point.Rows)),
            Decades("ms per pass", shown.Select(point => point.PassMilliseconds.Median)),
            [.. series.Select(one => new PlotLine(
                $"{one.Key.Dimension}-d, {one.Key.Batch} probes",
                [.. one.Select(point => ((double)point.Rows, point.PassMilliseconds.Median))],
                Array.IndexOf(dimensions, one.Key.Dimension),
                one.Key.Batch switch { 1 => "", 8 => "6 3", _ => "2 3" }))]);
    }

    private static PlotAxis Decades(string title, IEnumerable<double> values)
    {
        double[] logarithms = [.. values.Select(value => Math.Log10(Math.Max(value, 1e-3)))];
        double from = Math.Floor(logarithms.Min());
        return new PlotAxis(title, Math.Pow(10, from), Math.Pow(10, Math.Max(Math.Ceiling(logarithms.Max()), from + 1)));
    }
}
