using System.Text.Json.Serialization;
using FaceGrid.Abstractions.Search;

namespace FaceGrid.Abstractions.Embedding;

/// <summary>What presentation-attack detection says of a face: a live one in front of the camera, or a picture of one.</summary>
/// <param name="Live">How sure the models are that it is live, 0 to 1.</param>
/// <param name="Threshold">At or above it the face counts as live, between 0 and 1; from the models' profiles.</param>
/// <param name="Models">Ids of the profiles that were asked.</param>
[GenerateSerializer, Immutable]
[Alias("fg.liveness")]
public sealed record Liveness(
    [property: Id(0)] float Live,
    [property: Id(1)] float Threshold,
    [property: Id(2)] string[] Models)
{
    /// <summary><see cref="Decisions.Live"/> or <see cref="Decisions.Spoof"/>.</summary>
    public string Decision => IsLive ? Decisions.Live : Decisions.Spoof;

    /// <summary>Whether it counts as a live face.</summary>
    [JsonIgnore]
    public bool IsLive => Live >= Threshold; // Written so that NaN is no live face.
}
