using System.Text.Json.Serialization;
using FaceGrid.Abstractions.Policies;

namespace FaceGrid.Abstractions.People;

/// <summary>A distance in force and where it comes from.</summary>
/// <param name="Distance">Euclidean distance between unit vectors, 0 to 2; at or below it is a match.</param>
/// <param name="Origin">
/// <c>promise</c> (derived from what the gallery promises), <c>profile</c> (listed for the embedder), <c>gallery</c> (a distance set for
/// the gallery), <c>request</c> (given with the question) or <c>none</c>.
/// </param>
/// <param name="FalseMatchRate">
/// Predicted share of comparisons with another person at or below the distance, 0 to 1; null when not known.
/// </param>
/// <param name="FalsePositiveRate">
/// Predicted share of searches for people who are not enrolled that find a person, in a gallery of the present size, 0 to 1; null for
/// verify and when not known.
/// </param>
/// <param name="Promise">
/// What the distance was derived from, or null. Where the prediction is above it, the calibration data do not carry the promise at this
/// size.
/// </param>
/// <param name="Extrapolated">
/// True when the false match rate is smaller than any that the calibration data showed; null where nothing is predicted.
/// </param>
[GenerateSerializer, Immutable]
[Alias("fg.threshold")]
public sealed record Threshold(
    [property: Id(0)] float Distance,
    [property: Id(1)] string Origin,
    [property: Id(2)] double? FalseMatchRate,
    [property: Id(3), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? FalsePositiveRate = null,
    [property: Id(4), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Promise? Promise = null,
    [property: Id(5), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] bool? Extrapolated = null)
{
    /// <summary>What is in force where no threshold is known: nothing matches.</summary>
    public static Threshold None { get; } = new(0, "none", FalseMatchRate: null);

    /// <summary>True where no threshold is known.</summary>
    [JsonIgnore]
    public bool IsNone => Origin == None.Origin;

    /// <summary>Whether a distance is a match.</summary>
    /// <param name="distance">Euclidean distance between unit vectors, 0 to 2.</param>
    /// <returns>True at or below <see cref="Distance"/>; false for every distance where no threshold is known.</returns>
    public bool Matches(float distance) => !IsNone && distance <= Distance;
}
