using System.Text;

namespace FaceGrid.Load.Requests;

/// <summary>
/// Draws a load in two panels. One shows latency by percentile, on logarithmic axes. The other shows answers and the 99th percentile,
/// second by second.
/// </summary>
internal static class LoadPlot
{
    private const int Width = 720, PanelHeight = 330, Left = 60, Right = 190, Top = 20, Bottom = 45;
    private const int Inner = Width - Left - Right, Tall = PanelHeight - Top - Bottom;
    private const string Answers = "#1b6ca8", Slowest = "#c4471b", Failures = "#555555";
    private static readonly string[] Colours = ["#1b6ca8", "#c4471b", "#2a8a4a", "#7b4ab0"];

    /// <summary>Draws.</summary>
    /// <param name="report">Figures.</param>
    /// <returns>An SVG document.</returns>
    public static string Draw(LoadReport report)
    {
        var svg = new StringBuilder();
        svg.Append($"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {2 * PanelHeight}" """);
        svg.Append("""font-family="sans-serif" font-size="12"><rect width="100%" height="100%" fill="white"/>""");
        DrawPercentiles(svg, report);
        svg.Append($"""<g transform="translate(0 {PanelHeight})">""");
        DrawTime(svg, report.Figures.OverTime);
        return svg.Append("</g></svg>\n").ToString();
    }

    private static void DrawPercentiles(StringBuilder svg, LoadReport report)
    {
        bool open = report.Settings.Rate is not null;
        CurveLine[] lines =
        [
            .. report.Figures.Operations
                .SelectMany((row, index) => CurvesOf(row, Colours[index], open))
                .Where(line => line.Curve.Count > 0),
        ];

        // The share of slower requests falls by a factor of ten per step: 0 %, 90 %, 99 %, ...
        static double Nines(double share) => -Math.Log10(1 - share);
        double toX = Math.Max(2, Math.Ceiling(lines.Select(line => Nines(line.Curve[^1].Share)).DefaultIfEmpty(2).Max()));
        (double fromY, double toY) = Decades([.. lines.SelectMany(line => line.Curve).Select(point => point.Milliseconds)]);
        double X(double share) => Left + (Nines(share) / toX * Inner);
        double Y(double milliseconds) => Top + Tall - ((Math.Log10(Math.Max(milliseconds, 1e-3)) - fromY) / (toY - fromY) * Tall);

        string[] names = ["0 %", "90 %", "99 %", "99.9 %", "99.99 %", "99.999 %"];
        for (int nines = 0; nines <= toX; nines++)
        {
            Upright(svg, Left + (nines / toX * Inner), names[nines]);
        }

        for (double decade = fromY; decade <= toY; decade++)
        {
            Level(svg, Y(Math.Pow(10, decade)), $"{Math.Pow(10, decade):0.###}");
        }

        Titles(svg, "share of requests that took no longer", "ms");
        foreach ((int index, CurveLine line) in lines.Index())
        {
            Line(svg, line.Curve.Select(point => (X(point.Share), Y(point.Milliseconds))), line.Colour, line.Dashes);
            Legend(svg, index, line.Name, line.Colour, line.Dashes);
        }

        string due = report.Settings.Rate is { } rate ? $"{rate:0.##}/s due" : $"{report.Settings.Clients} clients";
        svg.Append($"""<text x="{Width - Right + 12}" y="{Top + Tall}" font-size="10">""");
        svg.Append($"{due}, {report.Figures.All.PerSecond:0.#}/s answered</text>");
    }

    private static IEnumerable<CurveLine> CurvesOf(LoadOperationFigures row, string colour, bool open)
    {
        yield return new CurveLine(row.Operation + (open ? ", from due" : ""), row.Latency.Curve, colour, Dashes: "");
        if (open)
        {
            yield return new CurveLine(row.Operation + ", from sending", row.LatencyFromSending.Curve, colour, "4 3");
        }
    }

    private static void DrawTime(StringBuilder svg, IReadOnlyList<LoadSecond> seconds)
    {
        double toX = Math.Max(1, seconds.Count);
        double most = Math.Max(1, seconds.Select(second => (double)Math.Max(second.Answered, second.Failed)).DefaultIfEmpty(1).Max());
        double step = Math.Pow(10, Math.Floor(Math.Log10(most)));
        step = most / step >= 5 ? 2 * step : most / step >= 2 ? step : step / 2;
        double toY = Math.Ceiling(most / step) * step;
        (double from, double to) = Decades(
            [.. seconds.Where(second => second.P99Milliseconds is not null).Select(second => second.P99Milliseconds!.Value)]);
        double X(int second) => Left + ((second + 0.5) / toX * Inner);
        double Y(double count) => Top + Tall - (count / toY * Tall);
        double YOfLatency(double milliseconds) => Top + Tall - ((Math.Log10(Math.Max(milliseconds, 1e-3)) - from) / (to - from) * Tall);

        for (double count = 0; count <= toY; count += step)
        {
            Level(svg, Y(count), $"{count:0.##}");
        }

        int apart = (int)Math.Max(1, Math.Ceiling(toX / 10));
        for (int second = 0; second <= toX; second += apart)
        {
            Upright(svg, Left + (second / toX * Inner), $"{second}");
        }

        for (double decade = from; decade <= to; decade++)
        {
            svg.Append($"""<text x="{Left + Inner + 6}" y="{YOfLatency(Math.Pow(10, decade)) + 4:0.#}" """);
            svg.Append($"""fill="{Slowest}">{Math.Pow(10, decade):0.###}</text>""");
        }

        Titles(svg, "second", "per second");
        Line(svg, seconds.Select(second => (X(second.Second), Y(second.Answered))), Answers, "");
        Line(
            svg,
            seconds.Where(second => second.P99Milliseconds is not null).Select(
                second => (X(second.Second), YOfLatency(second.P99Milliseconds!.Value))),
            Slowest,
            "");
        LegendBelowScale(svg, 0, "answers", Answers);
        LegendBelowScale(svg, 1, "p99, ms (right)", Slowest);
        if (seconds.Any(second => second.Failed > 0))
        {
            Line(svg, seconds.Select(second => (X(second.Second), Y(second.Failed))), Failures, "2 3");
            LegendBelowScale(svg, 2, "no answer", Failures);
        }
    }

    private static void Upright(StringBuilder svg, double x, string text) => svg
        .Append($"""<path d="M{x:0.#} {Top}V{Top + Tall}" stroke="#ddd"/>""")
        .Append($"""<text x="{x:0.#}" y="{Top + Tall + 16}" text-anchor="middle">{text}</text>""");

    private static void Level(StringBuilder svg, double y, string text) => svg
        .Append($"""<path d="M{Left} {y:0.#}H{Left + Inner}" stroke="#ddd"/>""")
        .Append($"""<text x="{Left - 6}" y="{y + 4:0.#}" text-anchor="end">{text}</text>""");

    private static void Titles(StringBuilder svg, string below, string beside) => svg
        .Append($"""<text x="{Left + (Inner / 2)}" y="{PanelHeight - 8}" text-anchor="middle">{below}</text><text x="14" """)
        .Append($"""y="{Top + 10}" transform="rotate(-90 14 {Top + 10})" text-anchor="end">{beside}</text>""");

    private static void Line(StringBuilder svg, IEnumerable<(double X, double Y)> points, string colour, string dashes) => svg
        .Append($"""<polyline points="{string.Join(' ', points.Select(point => $"{point.X:0.#},{point.Y:0.#}"))}" fill="none" """)
        .Append($"""stroke="{colour}" stroke-width="2" stroke-dasharray="{dashes}"/>""");

    private static void Legend(StringBuilder svg, int line, string text, string colour, string dashes) =>
        LegendAt(svg, Width - Right + 12, line, text, colour, dashes);

    // The scale of latencies is at the place where the first panel has its legend.
    private static void LegendBelowScale(StringBuilder svg, int line, string text, string colour) =>
        LegendAt(svg, Width - Right + 52, line, text, colour, line == 2 ? "2 3" : "");

    private static void LegendAt(StringBuilder svg, int x, int line, string text, string colour, string dashes)
    {
        int y = Top + 14 + (18 * line);
        svg.Append($"""<path d="M{x} {y - 4}h20" stroke="{colour}" stroke-width="2" stroke-dasharray="{dashes}"/>""");
        svg.Append($"""<text x="{x + 26}" y="{y}">{text}</text>""");
    }

    private static (double From, double To) Decades(IReadOnlyCollection<double> values)
    {
        double[] logarithms = [.. values.Select(value => Math.Log10(Math.Max(value, 1e-3)))];
        double from = logarithms.Length == 0 ? 0 : Math.Floor(logarithms.Min());
        return (from, Math.Max(logarithms.Length == 0 ? 1 : Math.Ceiling(logarithms.Max()), from + 1));
    }

    private sealed record CurveLine(string Name, IReadOnlyList<LoadCurvePoint> Curve, string Colour, string Dashes);
}
