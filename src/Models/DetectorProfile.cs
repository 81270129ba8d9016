namespace FaceGrid.Models;

/// <summary>
/// A face detector of the YuNet family. Its input is BGR, 0 to 255, without mean or scale. It has twelve outputs, for the strides 8, 16 and
/// 32.
/// </summary>
public sealed record DetectorProfile : ModelProfile
{
    /// <summary>Width of the input in pixels; 0 when the model takes any multiple of 32.</summary>
    public int InputWidth { get; init; }

    /// <summary>Height of the input in pixels; 0 when the model takes any multiple of 32.</summary>
    public int InputHeight { get; init; }

    /// <summary>Lowest confidence of a reported face, unless the settings name one. Range: 0.1 to 1. Default: 0.6.</summary>
    public float ConfidenceMin { get; init; } = 0.6f;

    /// <summary>
    /// Confidence that hardly any upright portrait stays below. When no face of a picture reaches it, the picture may lie on its side or
    /// stand on its head, and is looked at in all four directions. Range: 0 to 1; 0 never does that. Default: 0.92, for YuNet: 95 % of
    /// LFW's pictures reach it upright, 1 % turned by 90 degrees.
    /// </summary>
    public float SureConfidence { get; init; } = 0.92f;
}
