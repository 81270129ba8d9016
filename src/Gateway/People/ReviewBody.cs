using System.Text.Json.Serialization;
using FaceGrid.Abstractions.People;

namespace FaceGrid.Gateway.People;

/// <summary>
/// What the gallery's policy noticed when a face was enrolled; see <see cref="FaceReview"/>. The first member is always there. The others
/// are left out when they have nothing to say.
/// </summary>
internal sealed record ReviewBody(
    bool Quarantined,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool Unchecked,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] LookAlikeBody? LookAlike,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] float? OwnDistance,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Replaced)
{
    public static ReviewBody? Of(FaceReview? review) =>
        review is null
            ? null
            : new(review.Quarantined, review.Unchecked, LookAlikeBody.Of(review.LookAlike), review.OwnDistance, review.Replaced);
}

/// <summary>Somebody else who looks like a face.</summary>
internal sealed record LookAlikeBody(string Person, string Face, float Distance)
{
    public static LookAlikeBody? Of(LookAlike? other) => other is null ? null : new(other.Person, other.FaceId, other.Distance);
}
