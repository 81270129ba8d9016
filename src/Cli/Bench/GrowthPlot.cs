using System.Text;

namespace FaceGrid.Cli.Bench;

/// <summary>Draws the time of a pass over the rows of a gallery, both axes logarithmic: a line per dimension and batch.</summary>
internal static class GrowthPlot
{
    private const int Width = 720, Height = 440, Left = 60, Right = 170, Top = 20, Bottom = 45;
    private static readonly string[] Colours = ["#1b6ca8", "#c4471b", "#2a8a4a", "#7b4ab0", "#a8861b", "#555555"];

    /// <summary>Draws.</summary>
    /// <param name="points">Figures, at least one.</param>
    /// <returns>An SVG document.</returns>
    public static string Draw(IReadOnlyList<GrowthPoint> points)
    {
        GrowthPoint[] shown = [.. points.Where(point => point.Batch is 1 or 8 or 64)];
        (double fromX, double toX) = Decades(shown.Select(point => (double)point.Rows));
        (double fromY, double toY) = Decades(shown.Select(point => point.PassMilliseconds.Median));
        double X(double rows) => Left + ((Math.Log10(rows) - fromX) / (toX - fromX) * (Width - Left - Right));
        double Y(double milliseconds) => Height - Bottom - ((Math.Log10(milliseconds) - fromY) / (toY - fromY) * (Height - Top - Bottom));

        var svg = new StringBuilder($"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {Height}" font-family="sans-serif" font-size="12"><rect width="100%" height="100%" fill="white"/>""");
        for (double decade = fromX; decade <= toX; decade++)
        {
            double x = X(Math.Pow(10, decade));
            svg.Append($"""<path d="M{x:0.#} {Top}V{Height - Bottom}" stroke="#ddd"/><text x="{x:0.#}" y="{Height - Bottom + 16}" text-anchor="middle">{Math.Pow(10, decade):0}</text>""");
        }

        for (double decade = fromY; decade <= toY; decade++)
        {
            double y = Y(Math.Pow(10, decade));
            svg.Append($"""<path d="M{Left} {y:0.#}H{Width - Right}" stroke="#ddd"/><text x="{Left - 6}" y="{y + 4:0.#}" text-anchor="end">{Math.Pow(10, decade):0.###}</text>""");
        }

        svg.Append($"""<text x="{(Left + Width - Right) / 2}" y="{Height - 8}" text-anchor="middle">templates</text><text x="14" y="{Top + 10}" transform="rotate(-90 14 {Top + 10})" text-anchor="end">ms per pass</text>""");
        int line = 0;
        foreach (var series in shown.GroupBy(point => (point.Dimension, point.Batch)).OrderByDescending(series => series.Last().PassMilliseconds.Median))
        {
            string colour = Colours[Array.IndexOf([.. shown.Select(point => point.Dimension).Distinct()], series.Key.Dimension) % Colours.Length];
            string dashes = series.Key.Batch switch { 1 => "", 8 => "6 3", _ => "2 3" };
            svg.Append($"""<polyline points="{string.Join(' ', series.Select(point => $"{X(point.Rows):0.#},{Y(point.PassMilliseconds.Median):0.#}"))}" fill="none" stroke="{colour}" stroke-width="2" stroke-dasharray="{dashes}"/>""");
            int y = Top + 14 + (18 * line++);
            svg.Append($"""<path d="M{Width - Right + 12} {y - 4}h26" stroke="{colour}" stroke-width="2" stroke-dasharray="{dashes}"/><text x="{Width - Right + 44}" y="{y}">{series.Key.Dimension}-d, {series.Key.Batch} probes</text>""");
        }

        return svg.Append("</svg>\n").ToString();
    }

    private static (double From, double To) Decades(IEnumerable<double> values)
    {
        double[] logarithms = [.. values.Select(value => Math.Log10(Math.Max(value, 1e-3)))];
        double from = Math.Floor(logarithms.Min()), to = Math.Ceiling(logarithms.Max());
        return (from, Math.Max(to, from + 1));
    }
}
