using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using FaceGrid.Client;

namespace FaceGrid.Cli.Cameras;

/// <summary>
/// Draws what a camera sees over its frame. The result is an SVG with the picture inside. It is sharp at any size and can show letters of
/// any script, and this machine needs no fonts.
/// </summary>
internal static class AnnotatedFrame
{
    /// <summary>Draws.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="view">What was seen in the frame, in the form of the API. Boxes are in pixels of the frame.</param>
    /// <returns>An SVG document.</returns>
    public static string Draw(Picture frame, JsonElement view)
    {
        double width = view.Number("width") ?? 0, height = view.Number("height") ?? 0, size = Math.Max(12, width / 45);
        StringBuilder svg = new();
        Add(svg, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" ");
        Add(svg, $"width=\"{width}\" height=\"{height}\" font-family=\"system-ui, sans-serif\" font-size=\"{size:0.#}\">\n");
        Add(svg, $"<image width=\"{width}\" height=\"{height}\" ");
        Add(svg, $"href=\"data:{frame.ContentType};base64,{Convert.ToBase64String(frame.Bytes)}\"/>\n");
        foreach (JsonElement face in view.Items("tracks"))
        {
            if (face.Member("box") is not { } box)
            {
                continue;
            }

            double x = box.Number("x") ?? 0, y = box.Number("y") ?? 0, top = Math.Max(size * 1.3, y);
            string label = LabelOf(face), colour = ColourOf(face);
            Add(svg, $"<rect x=\"{x:0.#}\" y=\"{y:0.#}\" width=\"{box.Number("width"):0.#}\" height=\"{box.Number("height"):0.#}\" ");
            Add(svg, $"fill=\"none\" stroke=\"{colour}\" stroke-width=\"{Math.Max(2, size / 8):0.#}\"/>\n");
            double right = x + (box.Number("width") ?? 0);
            bool toTheLeft = right > width * 0.8; // Otherwise a long name would end outside the picture.
            Add(svg, $"<text x=\"{(toTheLeft ? right : x + (size / 4)):0.#}\" text-anchor=\"{(toTheLeft ? "end" : "start")}\" ");
            Add(svg, $"y=\"{top - (size * 0.3):0.#}\" fill=\"#fff\" stroke=\"{colour}\" stroke-width=\"{size / 3:0.#}\" ");
            Add(svg, $"stroke-linejoin=\"round\" paint-order=\"stroke\">{WebUtility.HtmlEncode(label)}</text>\n");
        }

        return svg.Append("</svg>\n").ToString();
    }

    private static void Add(StringBuilder svg, FormattableString text) => svg.Append(text.ToString(CultureInfo.InvariantCulture));

    private static string LabelOf(JsonElement face) => face.Text("decision") switch
    {
        "match" => $"{face.Text("person")} {DistanceText.Of(face.Number("distance"))}",
        "visitor" => face.Text("person") ?? "", // The id begins with "visitor-", unless an operator enrolled the visitor.
        "undecided" => "?",
        var decision => decision ?? "",
    };

    private static string ColourOf(JsonElement face) => face.Text("decision") switch
    {
        "match" => "#0a7d5a",
        "visitor" => "#2b6cb0",
        "undecided" => "#666",
        _ => "#b3541e",
    };
}
