namespace FaceGrid.Abstractions.People;

/// <summary>Another person who looks like a face.</summary>
/// <param name="Person">Person id.</param>
/// <param name="FaceId">Their nearest face.</param>
/// <param name="Distance">Euclidean distance to it, 0 to 2.</param>
[GenerateSerializer, Immutable]
[Alias("fg.look-alike")]
public sealed record LookAlike(
    [property: Id(0)] string Person,
    [property: Id(1)] string FaceId,
    [property: Id(2)] float Distance);

/// <summary>
/// What the gallery's policy noticed when a face was enrolled. Kept in the row, so that a retried enrolment gives the same answer.
/// </summary>
/// <param name="Quarantined">True when the face is not searched and not used by verify, until it is released.</param>
/// <param name="Unchecked">
/// True when the policy asked for a comparison with everybody and it was not complete: shards were missing, or no threshold is known.
/// </param>
/// <param name="LookAlike">Another person who is nearer, or null.</param>
/// <param name="OwnDistance">
/// Distance to the nearest other face of the person, 0 to 2; null where there was none or it was not computed.
/// </param>
/// <param name="Replaced">The face that gave its place to this one, or null.</param>
[GenerateSerializer, Immutable]
[Alias("fg.face-review")]
public sealed record FaceReview(
    [property: Id(0)] bool Quarantined,
    [property: Id(1)] bool Unchecked,
    [property: Id(2)] LookAlike? LookAlike,
    [property: Id(3)] float? OwnDistance,
    [property: Id(4)] string? Replaced)
{
    /// <summary>Nothing noticed.</summary>
    public static FaceReview Nothing { get; } = new(false, false, null, null, null);
}
