using FaceGrid.Abstractions.People;

namespace FaceGrid.Gateway.Galleries;

/// <summary>What to say where no threshold is known.</summary>
internal static class Thresholds
{
    /// <summary>No threshold: nothing matches.</summary>
    public static readonly Threshold None = new(0, "none", null);

    public static bool Matches(float distance, Threshold threshold) => threshold.Origin != None.Origin && distance <= threshold.Distance;
}
