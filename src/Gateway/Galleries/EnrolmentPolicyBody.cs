using System.Text.Json;
using FaceGrid.Abstractions.Embedding;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Galleries;

namespace FaceGrid.Gateway.Galleries;

/// <summary>How faces are checked when they are enrolled; members that are absent stay as they are.</summary>
/// <param name="Quality"><c>off</c>, <c>shot</c>, <c>standard</c>, or an object with the limits by name.</param>
/// <param name="Duplicates"><c>allow</c>, <c>warn</c> or <c>reject</c>.</param>
/// <param name="Consistency"><c>off</c> or <c>quarantine</c>.</param>
/// <param name="FacesMax">Faces per person past which the least useful is replaced; 0 for none.</param>
/// <param name="Crops">True to keep an aligned cut-out of each face.</param>
internal sealed record EnrolmentPolicyBody(JsonElement? Quality, string? Duplicates, string? Consistency, int? FacesMax, bool? Crops)
{
    private const string Off = "off";

    public static EnrolmentPolicyBody Of(EnrolmentPolicy? policy) => new(
        QualityText.Of(policy?.Quality ?? QualityLimits.Off),
        (policy?.Duplicates ?? DuplicateRule.Allow) switch { DuplicateRule.Reject => "reject", DuplicateRule.Warn => "warn", _ => "allow" },
        policy?.Consistency == ConsistencyRule.Quarantine ? "quarantine" : Off,
        policy?.FacesMax ?? 0,
        policy?.Crops ?? false);

    /// <summary>Reads the policy.</summary>
    /// <exception cref="FaceGridException">
    /// <see cref="ErrorCodes.InvalidParameter"/> for a word that is none of those above; ranges are checked by the gallery.
    /// </exception>
    public EnrolmentPolicy ToMessage() => new(
        Quality is { ValueKind: not JsonValueKind.Null } quality ? QualityText.Parse(quality, "policy.enrolment.quality") : null,
        Duplicates switch
        {
            null => null,
            "allow" => DuplicateRule.Allow,
            "warn" => DuplicateRule.Warn,
            "reject" => DuplicateRule.Reject,
            _ => throw Invalid("policy.enrolment.duplicates is allow, warn or reject."),
        },
        Consistency switch
        {
            null => null,
            Off => ConsistencyRule.Off,
            "quarantine" => ConsistencyRule.Quarantine,
            _ => throw Invalid("policy.enrolment.consistency is off or quarantine."),
        },
        FacesMax)
    {
        Crops = Crops,
    };

    private static FaceGridException Invalid(string detail) => new(ErrorCodes.InvalidParameter, detail);
}

/// <summary>Limits of quality by name, as <see cref="QualityLimits"/>; an absent one is not applied.</summary>
internal sealed record QualityLimitsBody(
    float? EyeDistanceMin,
    float? SharpnessMin,
    float? BrightnessMin,
    float? BrightnessMax,
    float? ContrastMin,
    float? YawMax,
    float? PitchMax,
    float? RollMax,
    float? ConfidenceMin)
{
    public static QualityLimitsBody Of(QualityLimits limits) => new(
        limits.EyeDistanceMin,
        limits.SharpnessMin,
        limits.BrightnessMin,
        limits.BrightnessMax,
        limits.ContrastMin,
        limits.YawMax,
        limits.PitchMax,
        limits.RollMax,
        limits.ConfidenceMin);

    public QualityLimits ToMessage() =>
        new(EyeDistanceMin, SharpnessMin, BrightnessMin, BrightnessMax, ContrastMin, YawMax, PitchMax, RollMax, ConfidenceMin);
}
