using System.Globalization;
using System.Text;

namespace FaceGrid.Evaluation.Plots;

/// <summary>Draws lines over two axes, as SVG.</summary>
internal static class LinePlot
{
    private const int Width = 720, Height = 440, Left = 70, Right = 220, Top = 20, Bottom = 45;
    private static readonly string[] Colours = ["#1b6ca8", "#c4471b", "#2a8a4a", "#7b4ab0", "#a8861b", "#555555"];

    /// <summary>Draws.</summary>
    /// <param name="across">The horizontal axis.</param>
    /// <param name="up">The vertical axis.</param>
    /// <param name="lines">The lines.</param>
    /// <param name="bars">Vertical bars, each with its place, its start and end, and the number of a colour. Default: none.</param>
    /// <returns>An SVG document.</returns>
    public static string Draw(
        PlotAxis across,
        PlotAxis up,
        IReadOnlyList<PlotLine> lines,
        IReadOnlyList<(double X, double Low, double High, int Colour)>? bars = null)
    {
        StringBuilder svg = new();
        double X(double value) => Left + (across.Place(value) * (Width - Left - Right));
        double Y(double value) => Height - Bottom - (up.Place(value) * (Height - Top - Bottom));
        void Add(FormattableString text) => svg.Append(text.ToString(CultureInfo.InvariantCulture));

        Add($"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {Height}" font-family="sans-serif" """);
        Add($"""font-size="12"><rect width="100%" height="100%" fill="white"/>""");
        foreach (double mark in across.Marks())
        {
            Add($"""<path d="M{X(mark):0.#} {Top}V{Height - Bottom}" stroke="#ddd"/>""");
            Add($"""<text x="{X(mark):0.#}" y="{Height - Bottom + 16}" text-anchor="middle">{across.Write(mark)}</text>""");
        }

        foreach (double mark in up.Marks())
        {
            Add($"""<path d="M{Left} {Y(mark):0.#}H{Width - Right}" stroke="#ddd"/>""");
            Add($"""<text x="{Left - 6}" y="{Y(mark) + 4:0.#}" text-anchor="end">{up.Write(mark)}</text>""");
        }

        Add($"""<text x="{(Left + Width - Right) / 2}" y="{Height - 8}" text-anchor="middle">{across.Title}</text><text x="14" """);
        Add($"""y="{Top + 10}" transform="rotate(-90 14 {Top + 10})" text-anchor="end">{up.Title}</text>""");
        foreach ((double x, double low, double high, int colour) in bars ?? [])
        {
            Add($"""<path d="M{X(x):0.#} {Y(low):0.#}V{Y(high):0.#}" stroke="{Colours[colour % Colours.Length]}" stroke-width="1.5"/>""");
        }

        int named = 0;
        foreach (PlotLine line in lines)
        {
            string colour = Colours[line.Colour % Colours.Length];
            IEnumerable<string> points = line.Points.Where(
                point => (!across.Logarithmic || point.X > 0) && (!up.Logarithmic || point.Y > 0))
                .Select(point => string.Create(CultureInfo.InvariantCulture, $"{X(point.X):0.#},{Y(point.Y):0.#}"));
            Add($"""<polyline points="{string.Join(' ', points)}" fill="none" stroke="{colour}" stroke-width="2" """);
            Add($"""stroke-dasharray="{line.Dashes}"/>""");
            if (line.Name.Length == 0)
            {
                continue;
            }

            int y = Top + 14 + (18 * named++);
            Add($"""<path d="M{Width - Right + 12} {y - 4}h26" stroke="{colour}" stroke-width="2" stroke-dasharray="{line.Dashes}"/>""");
            Add($"""<text x="{Width - Right + 44}" y="{y}">{line.Name}</text>""");
        }

        return svg.Append("</svg>\n").ToString();
    }
}
