using System.Globalization;
using FaceGrid.Client;

namespace FaceGrid.Load.Cameras;

/// <summary>Figures that a node reports about itself in <c>/metrics</c>.</summary>
/// <param name="ProcessorSeconds">Processor time since the node started, user and system.</param>
/// <param name="WorkingSetBytes">Memory.</param>
internal sealed record NodeMetrics(double ProcessorSeconds, long WorkingSetBytes)
{
    /// <summary>Asks a node.</summary>
    /// <param name="client">The way to it.</param>
    /// <param name="cancellationToken">Ends the wait. The grid may still do what was asked.</param>
    /// <returns>The figures; 0 for a figure that the node does not report.</returns>
    public static async Task<NodeMetrics> ReadAsync(ClusterClient client, CancellationToken cancellationToken)
    {
        string text = await client.GetTextAsync("metrics", cancellationToken);
        return new NodeMetrics(
            Sum(text, "dotnet_process_cpu_time_seconds_total"), (long)Sum(text, "dotnet_process_memory_working_set_bytes"));
    }

    /// <summary>The sum of all series of a name, as the Prometheus text format writes them: name{labels} value [time].</summary>
    internal static double Sum(string text, string name) => text.Split('\n')
        .Where(line => line.StartsWith(name, StringComparison.Ordinal) && line.Length > name.Length && line[name.Length] is '{' or ' ')
        .Sum(ValueOf);

    private static double ValueOf(string line)
    {
        string[] words = line[(line.LastIndexOf('}') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return double.Parse(words[line.Contains('}') ? 0 : 1], CultureInfo.InvariantCulture);
    }
}
