using System.Text.Json.Serialization;
using FaceGrid.Abstractions.Galleries;
using FaceGrid.Abstractions.People;
using FaceGrid.Abstractions.Policies;
using FaceGrid.Gateway.Pad;

namespace FaceGrid.Gateway.Galleries;

/// <summary>A gallery.</summary>
internal sealed record GalleryBody(
    string Id,
    Contract? Contract,
    Threshold Verify,
    Threshold Identify,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] PolicyBody? Policy,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Alikeness? Alikeness,
    int Shards,
    bool Growing,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? People,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? Faces,
    DateTimeOffset CreatedAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] MigrationBody? Migration)
{
    public static GalleryBody Of(GalleryInfo gallery) => new(
        gallery.Id,
        gallery.Contract,
        gallery.Verify ?? Threshold.None,
        gallery.Identify ?? Threshold.None,
        PolicyBody.Of(gallery),
        gallery.Alikeness,
        1 << gallery.Level,
        gallery.Growing,
        gallery.People,
        gallery.Faces,
        gallery.CreatedAt,
        MigrationBody.OfNullable(gallery.Migration));
}

/// <summary>All galleries, by id.</summary>
internal sealed record GalleryListBody(
    GalleryBody[] Galleries, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string[]? Damaged);

/// <summary>Settings of a gallery. An absent member keeps its value.</summary>
internal sealed record GallerySettingsBody(Contract? Contract, float? VerifyThreshold, float? IdentifyThreshold, PolicyBody? Policy);

/// <summary>The rates that a gallery promises, and its requirements for faces. An absent member keeps its value.</summary>
internal sealed record PolicyBody(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Promise? Verify,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Promise? Identify,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] PadPolicyBody? Pad,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] EnrolmentPolicyBody? Enrolment)
{
    public static PolicyBody? Of(GalleryInfo gallery) =>
        gallery is { Policy: null or { Verify: null, Identify: null }, Pad: null, Enrolment: null }
            ? null
            : new PolicyBody(
                gallery.Policy?.Verify,
                gallery.Policy?.Identify,
                PadPolicyBody.Of(gallery.Pad),
                gallery.Enrolment is null ? null : EnrolmentPolicyBody.Of(gallery.Enrolment));
}
