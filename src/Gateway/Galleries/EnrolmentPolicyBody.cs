using System.Text.Json;
using FaceGrid.Abstractions.Embedding;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Galleries;

namespace FaceGrid.Gateway.Galleries;

/// <summary>How faces are checked when they are enrolled. An absent member keeps its value.</summary>
/// <param name="Quality"><c>off</c>, <c>shot</c>, <c>standard</c>, or an object with the limits by name.</param>
/// <param name="Duplicates"><c>allow</c>, <c>warn</c> or <c>reject</c>.</param>
/// <param name="Consistency"><c>off</c> or <c>quarantine</c>.</param>
/// <param name="FacesMax">Most faces per person; a further face replaces the least useful one. 0 for no limit.</param>
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
    /// <see cref="ErrorCodes.InvalidParameter"/> for a word that is not listed above. The gallery checks the ranges.
    /// </exception>
    public EnrolmentPolicy ToMessage() => new(
        Quality is { ValueKind: not JsonValueKind.Null } quality ? QualityText.Parse(quality, "policy.enrolment.quality") : null,
        Duplicates switch
        {
            null => null,
            "allow" => DuplicateRule.Allow,
            "warn" => DuplicateRule.Warn,
            "reject" => DuplicateRule.Reject,
            _ => throw Invalid("policy.enrolment.duplicates must be allow, warn or reject."),
        },
        Consistency switch
        {
            null => null,
            Off => ConsistencyRule.Off,
            "quarantine" => ConsistencyRule.Quarantine,
            _ => throw Invalid("policy.enrolment.consistency must be off or quarantine."),
        },
        FacesMax)
    {
        Crops = Crops,
    };

    private static FaceGridException Invalid(string detail) => new(ErrorCodes.InvalidParameter, detail);
}

/// <summary>Quality limits by name; see <see cref="QualityLimits"/>. An absent limit is not applied.</summary>
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
