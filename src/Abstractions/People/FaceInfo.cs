namespace FaceGrid.Abstractions.People;

/// <summary>One enrolled face of a person.</summary>
/// <param name="Id">32 lower-case hex digits; derived from the enrolled bytes, so enrolling the same bytes again gives the same id.</param>
/// <param name="EnrolledAt">When it was enrolled, UTC.</param>
/// <param name="Vector">The template: little-endian float32, unit L2 norm, or null where vectors were not asked for.</param>
[GenerateSerializer, Immutable]
[Alias("fg.face-info")]
public sealed record FaceInfo(
    [property: Id(0)] string Id,
    [property: Id(1)] DateTimeOffset EnrolledAt,
    [property: Id(2)] byte[]? Vector)
{
    /// <summary>What the gallery's policy noticed when the face was enrolled, or null for nothing.</summary>
    [Id(20)]
    public FaceReview? Review { get; init; }
}
