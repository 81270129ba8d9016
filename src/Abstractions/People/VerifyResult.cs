namespace FaceGrid;

/// <summary>A distance in force and where it comes from.</summary>
/// <param name="Distance">Euclidean distance between unit vectors, 0 to 2; at or below it is a match.</param>
/// <param name="Origin"><c>profile</c> (calibrated for the embedder), <c>gallery</c> (set by the gallery's policy), <c>request</c> (given with the question) or <c>none</c>.</param>
/// <param name="FalseMatchRate">Share of non-mated comparisons at or below the distance on the calibration data, 0 to 1; null when not known.</param>
[GenerateSerializer, Immutable]
[Alias("fg.threshold")]
public sealed record Threshold(
    [property: Id(0)] float Distance,
    [property: Id(1)] string Origin,
    [property: Id(2)] double? FalseMatchRate);

/// <summary>Answer to "is this the person they claim to be?".</summary>
/// <param name="Match">True when <paramref name="Distance"/> is at or below the threshold.</param>
/// <param name="Distance">Smallest Euclidean distance to one of the person's faces, 0 to 2.</param>
/// <param name="FaceId">The face that is nearest.</param>
/// <param name="Threshold">The threshold in force.</param>
[GenerateSerializer, Immutable]
[Alias("fg.verify-result")]
public sealed record VerifyResult(
    [property: Id(0)] bool Match,
    [property: Id(1)] float Distance,
    [property: Id(2)] string FaceId,
    [property: Id(3)] Threshold Threshold);
