namespace FaceGrid.Abstractions.Embedding;

/// <summary>
/// Which faces of pictures are good enough to be enrolled. A limit that is null is not applied; a face without measurements (an
/// embedding) passes.
/// </summary>
/// <param name="EyeDistanceMin">Pixels between the eyes, 0 or more.</param>
/// <param name="SharpnessMin">Variance of the Laplacian of the aligned crop, 0 or more.</param>
/// <param name="BrightnessMin">Mean luminance, 0 to 1.</param>
/// <param name="BrightnessMax">Mean luminance, 0 to 1, not below <paramref name="BrightnessMin"/>.</param>
/// <param name="ContrastMin">Standard deviation of the luminance, 0 to 0.5.</param>
/// <param name="YawMax">Degrees turned to either side, 0 to 90.</param>
/// <param name="PitchMax">Degrees nodded up or down, 0 to 90.</param>
/// <param name="RollMax">Degrees leaning to either side, 0 to 180.</param>
/// <param name="ConfidenceMin">The detector's confidence, 0 to 1.</param>
[GenerateSerializer, Immutable]
[Alias("fg.quality-limits")]
public sealed record QualityLimits(
    [property: Id(0)] float? EyeDistanceMin,
    [property: Id(1)] float? SharpnessMin,
    [property: Id(2)] float? BrightnessMin,
    [property: Id(3)] float? BrightnessMax,
    [property: Id(4)] float? ContrastMin,
    [property: Id(5)] float? YawMax,
    [property: Id(6)] float? PitchMax,
    [property: Id(7)] float? RollMax,
    [property: Id(8)] float? ConfidenceMin)
{
    /// <summary>Nothing is refused.</summary>
    public static QualityLimits Off { get; } = new(null, null, null, null, null, null, null, null, null);

    /// <summary>
    /// The limits called <c>standard</c>. docs/clean-galleries.md says which share of the LFW pictures each refuses. They keep what a
    /// camera at a door or a passport office delivers, and refuse what a person would call a bad picture. They are not tuned to any
    /// figure.
    /// </summary>
    public static QualityLimits Standard { get; } = new(
        EyeDistanceMin: 24,
        SharpnessMin: 30,
        BrightnessMin: 0.15f,
        BrightnessMax: 0.85f,
        ContrastMin: 0.06f,
        YawMax: 45,
        PitchMax: 40,
        RollMax: 45,
        ConfidenceMin: 0.7f);

    /// <summary>
    /// What a camera asks of a shot that may vote: laxer than <see cref="Standard"/>, because the next frame may be better, and several
    /// shots vote, weighed by their quality. It leaves out what no vote should rest on: blurs, silhouettes, and faces turned so far that
    /// an embedding says little.
    /// </summary>
    public static QualityLimits Shot { get; } = new(
        EyeDistanceMin: null,
        SharpnessMin: 10,
        BrightnessMin: 0.05f,
        BrightnessMax: 0.95f,
        ContrastMin: 0.03f,
        YawMax: 50,
        PitchMax: 50,
        RollMax: 60,
        ConfidenceMin: 0.6f);

    /// <summary>True when no limit is outside its range.</summary>
    public bool IsValid =>
        EyeDistanceMin is null or (>= 0 and <= 10_000)
        && SharpnessMin is null or (>= 0 and <= 1_000_000)
        && BrightnessMin is null or (>= 0 and <= 1)
        && BrightnessMax is null or (>= 0 and <= 1)
        && !(BrightnessMin > BrightnessMax)
        && ContrastMin is null or (>= 0 and <= 0.5f)
        && YawMax is null or (>= 0 and <= 90)
        && PitchMax is null or (>= 0 and <= 90)
        && RollMax is null or (>= 0 and <= 180)
        && ConfidenceMin is null or (>= 0 and <= 1);

    /// <summary>Says what is wrong with a face.</summary>
    /// <param name="quality">Its measurements.</param>
    /// <param name="confidence">The detector's confidence, or null when not known.</param>
    /// <returns>
    /// <c>too-small</c>, <c>blurred</c>, <c>dark</c>, <c>bright</c>, <c>flat</c> (no contrast), <c>turned-away</c>, <c>tilted</c> (up or
    /// down), <c>leaning</c>, <c>low-confidence</c>; empty for a good face.
    /// </returns>
    public string[] ReasonsAgainst(FaceQualityInfo quality, float? confidence)
    {
        (bool Holds, string Reason)[] reasons =
        [
            (quality.EyeDistance < EyeDistanceMin, "too-small"),
            (quality.Sharpness < SharpnessMin, "blurred"),
            (quality.Brightness < BrightnessMin, "dark"),
            (quality.Brightness > BrightnessMax, "bright"),
            (quality.Contrast < ContrastMin, "flat"),
            (MathF.Abs(quality.Yaw) > YawMax, "turned-away"),
            (MathF.Abs(quality.Pitch) > PitchMax, "tilted"),
            (MathF.Abs(quality.Roll) > RollMax, "leaning"),
            (confidence < ConfidenceMin, "low-confidence"),
        ];
        return [.. reasons.Where(reason => reason.Holds).Select(reason => reason.Reason)];
    }
}
