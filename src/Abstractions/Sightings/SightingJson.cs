using System.Text.Json.Serialization;

namespace FaceGrid.Abstractions.Sightings;

/// <summary>A visit as JSON: the same in the API, in events and in what rules send.</summary>
/// <param name="Id">Id of the visit, 32 hexadecimal digits.</param>
/// <param name="Revision">1 when it is first reported, more each time.</param>
/// <param name="Camera">Camera id.</param>
/// <param name="Status"><c>present</c> or <c>ended</c>.</param>
/// <param name="FirstSeen">When the first frame with the face was taken.</param>
/// <param name="LastSeen">When the last one was taken, so far.</param>
/// <param name="Gallery">The gallery that holds the person.</param>
/// <param name="Person">Person id in that gallery.</param>
/// <param name="VisitorGallery">The gallery of visitors, for an unknown person who is recognised as a visitor.</param>
/// <param name="Visitor">Person id in that gallery.</param>
/// <param name="Distance">Distance to the person, or to the nearest one; 0 to 2.</param>
/// <param name="Threshold">Threshold in force, 0 to 2.</param>
/// <param name="Margin">How much farther the second nearest person was.</param>
/// <param name="Confidence">Share of the votes, 0 to 1.</param>
/// <param name="Frames">Frames in which the face was seen.</param>
/// <param name="Liveness">Result of presentation-attack detection.</param>
/// <param name="HasPicture">Whether <c>/v1/sightings/{id}/picture</c> has a picture.</param>
public sealed record SightingJson(
    string Id,
    int Revision,
    string Camera,
    string Status,
    DateTimeOffset FirstSeen,
    DateTimeOffset LastSeen,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Gallery,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Person,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? VisitorGallery,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Visitor,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] float? Distance,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] float? Threshold,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] float? Margin,
    float Confidence,
    int Frames,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] SightingLivenessJson? Liveness,
    bool HasPicture)
{
    /// <summary>Writes a visit.</summary>
    /// <param name="sighting">The visit.</param>
    /// <returns>Its JSON.</returns>
    public static SightingJson Of(Sighting sighting) => new(
        sighting.Id,
        sighting.Revision,
        sighting.Camera,
        sighting.Status == SightingStatus.Ended ? "ended" : "present",
        sighting.FirstSeen,
        sighting.LastSeen,
        sighting.Gallery,
        sighting.Person,
        sighting.VisitorGallery,
        sighting.Visitor,
        sighting.Distance,
        sighting.Threshold,
        sighting.Margin,
        sighting.Confidence,
        sighting.Frames,
        sighting.Liveness is { } liveness ? new SightingLivenessJson(liveness.Decision, liveness.Live, liveness.Threshold) : null,
        sighting.HasPicture);
}

/// <summary>Result of presentation-attack detection for a visit.</summary>
/// <param name="Decision"><c>live</c> or <c>spoof</c>.</param>
/// <param name="Live">How sure the models are that it is a live face, 0 to 1.</param>
/// <param name="Threshold">At or above it the face counts as live.</param>
public sealed record SightingLivenessJson(string Decision, float Live, float Threshold);
