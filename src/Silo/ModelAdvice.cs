using FaceGrid.Models;
using FaceGrid.Vision;

namespace FaceGrid.Silo;

/// <summary>Tells an operator how to get models that are more accurate than the running ones.</summary>
internal static class ModelAdvice
{
    /// <summary>Writes the advice for the running models.</summary>
    /// <param name="detector">The detector that runs.</param>
    /// <param name="embedder">The embedder that runs.</param>
    /// <returns>Text to append to the line that names the models; empty when neither profile names an upgrade.</returns>
    public static string For(DetectorProfile detector, EmbedderProfile embedder)
    {
        List<string> pulls = [], settings = [];
        (string Setting, ModelProfile Profile)[] running =
            [(nameof(VisionOptions.Detector), detector), (nameof(VisionOptions.Embedder), embedder)];
        foreach ((string setting, ModelProfile profile) in running)
        {
            if (profile.Upgrade is { } upgrade)
            {
                pulls.Add(upgrade);
                settings.Add($"FaceGrid__Vision__{setting}={upgrade}");
            }
        }

        return pulls.Count == 0
            ? ""
            : $"{Environment.NewLine}More accurate models: facegrid models pull {string.Join(' ', pulls)} - then set "
                + $"{string.Join(' ', settings)}"
                + (embedder.Upgrade is null ? "" : ", best before anybody is enrolled: vectors of two embedders are not comparable");
    }
}
