using System.Text;

namespace FaceGrid.Load.Scaling;

/// <summary>The tables of docs/scaling.md.</summary>
internal static class ScalingTables
{
    private const string Begin = "<!-- Between here and the end mark: facegrid bench scaling --page docs/scaling.md -->\n";
    private const string End = "<!-- end -->\n";

    private static readonly double[] Galleries = [1e6, 1e7, 1e8, 1e9];

    /// <summary>Galleries, each on the smallest number of nodes that can hold it.</summary>
    public static ScalingCase[] Fewest() =>
    [
        .. from node in new[] { NodeKind.Measured, NodeKind.Assumed }
           from people in Galleries
           from dimension in new[] { 128, 512 }
           select ScalingCase.Of(node, people, dimension),
    ];

    /// <summary>The same gallery on a growing number of nodes.</summary>
    public static ScalingCase[] More() =>
    [
        .. from people in new[] { 1e8, 1e9 }
           let fewest = CostModel.SilosFor(NodeKind.Assumed, people, 512)
           from times in new[] { 1, 2, 4, 8 }
           select ScalingCase.Of(NodeKind.Assumed, people, 512, times * fewest),
    ];

    /// <summary>The tables as Markdown.</summary>
    public static string Markdown()
    {
        var page = new StringBuilder();
        page.Append("As few nodes as hold the gallery, growth included:\n\n");
        Append(page, Fewest());
        page.Append("\nMore nodes than memory asks for, for speed; 512 numbers:\n\n");
        Append(page, More());
        page.Append("\nSize and start, on as few of the larger nodes as hold the gallery:\n\n");
        page.Append(
            "| people | numbers | bytes per person in memory | bytes per pass and person | database | enrol everybody | start to ready "
                + "|\n|---|---|---|---|---|---|---|\n");
        foreach (ScalingCase row in Fewest().Where(row => row.Node == NodeKind.Assumed))
        {
            page.Append(
                $"| {row.People:N0} | {row.Dimension} | {CostModel.BytesPerPerson(row.Dimension):N0} | "
                    + $"{CostModel.PassBytes(row.Dimension)} | {Bytes(row.DatabaseBytes)} | {Duration(row.EnrolSeconds)} | "
                    + $"{Duration(row.StartSeconds)} |\n");
        }

        return page.ToString();
    }

    /// <summary>Puts the tables into a page.</summary>
    /// <param name="page">A page with both marks.</param>
    /// <returns>The page with the tables of today between them.</returns>
    /// <exception cref="FormatException">A mark is missing.</exception>
    public static string Into(string page)
    {
        int begin = page.IndexOf(Begin, StringComparison.Ordinal);
        int end = page.IndexOf(End, StringComparison.Ordinal);
        return begin >= 0 && end > begin
            ? $"{page[..(begin + Begin.Length)]}\n{Markdown()}\n{page[end..]}"
            : throw new FormatException($"The page has no place for the tables: it needs the lines '{Begin.Trim()}' and '{End.Trim()}'.");
    }

    private static void Append(StringBuilder page, IEnumerable<ScalingCase> rows)
    {
        page.Append(
            "| people | numbers | nodes | silos | memory per silo | a pass, ms | identifies/s at most | p50, p99 at half of that, ms | "
                + "messages, bytes per identify |\n|---|---|---|---|---|---|---|---|---|\n");
        foreach (ScalingCase row in rows)
        {
            page.Append(
                $"| {row.People:N0} | {row.Dimension} | {row.Node.Name} | {row.Silos:N0} | {Bytes(row.BytesPerSilo)} | "
                    + $"{Short(row.PassMilliseconds)} | {Short(row.PerSecondMax)} ");
            page.Append($"| {Short(row.P50Milliseconds)}, {Short(row.P99Milliseconds)} | {row.Messages:N0}, {Bytes(row.NetworkBytes)} |\n");
        }
    }

    /// <summary>Writes two significant digits. More digits would claim a precision that the figures do not have.</summary>
    private static string Short(double value)
    {
        double unit = Math.Pow(10, Math.Floor(Math.Log10(value)) - 1);
        double rounded = Math.Round(value / unit) * unit;
        return rounded.ToString(rounded >= 10 ? "N0" : "0.0#");
    }

    private static string Bytes(double value) => value switch
    {
        0 => "0",
        < 1e3 => $"{Short(value)} B",
        < 1e6 => $"{Short(value / 1e3)} KB",
        < 1e9 => $"{Short(value / 1e6)} MB",
        < 1e12 => $"{Short(value / 1e9)} GB",
        _ => $"{Short(value / 1e12)} TB",
    };

    private static string Duration(double seconds) => seconds switch
    {
        < 120 => $"{Short(seconds)} s",
        < 7_200 => $"{Short(seconds / 60)} min",
        < 172_800 => $"{Short(seconds / 3_600)} h",
        _ => $"{Short(seconds / 86_400)} days",
    };
}
