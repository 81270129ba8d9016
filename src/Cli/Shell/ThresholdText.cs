using System.Text.Json;
using FaceGrid.Client;

namespace FaceGrid.Cli.Shell;

/// <summary>Writes thresholds for people.</summary>
internal static class ThresholdText
{
    /// <summary>Writes a threshold with where it comes from and what it promises.</summary>
    /// <param name="threshold">A threshold of the API, or null.</param>
    /// <returns>One line.</returns>
    public static string Of(JsonElement? threshold)
    {
        if (threshold is not { } value)
        {
            return "none";
        }

        string matches = value.Number("falseMatchRate") is { } rate ? $", false match rate {rate:0.##########}" : "";
        string strangers = value.Number("falsePositiveRate") is { } share ? $", strangers found {100 * share:0.##} %" : "";
        return $"{DistanceText.Of(value.Number("distance"))} ({value.Text("origin") ?? "unknown"}{matches}{strangers})";
    }
}
