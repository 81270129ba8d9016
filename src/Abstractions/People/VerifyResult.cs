namespace FaceGrid.Abstractions.People;

/// <summary>The answer to "Is this the person that they claim to be?".</summary>
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
