namespace FaceGrid.Client;

/// <summary>Writes distances for people.</summary>
public static class DistanceText
{
    /// <summary>Writes a distance.</summary>
    /// <param name="distance">0 to 2, or null.</param>
    /// <returns>Four decimals, or a dash.</returns>
    public static string Of(double? distance) => distance is { } value ? value.ToString("0.0000") : "-";
}
