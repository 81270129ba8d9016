using System.Text.Json;
using FaceGrid.Abstractions.Embedding;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Gateway.Bodies;

namespace FaceGrid.Gateway.Galleries;

/// <summary>Quality limits as callers write them: a word, or an object with the limits by name.</summary>
internal static class QualityText
{
    private static readonly (string Word, QualityLimits Limits)[] Words =
    [
        ("off", QualityLimits.Off),
        ("shot", QualityLimits.Shot),
        ("standard", QualityLimits.Standard),
    ];

    /// <summary>Reads quality limits.</summary>
    /// <param name="quality">The JSON that the caller sent.</param>
    /// <param name="name">Name of the member, for the message.</param>
    /// <exception cref="FaceGridException">
    /// <see cref="ErrorCodes.InvalidParameter"/> when the value is neither. The gallery or camera that uses the limits checks the ranges.
    /// </exception>
    public static QualityLimits Parse(JsonElement quality, string name) =>
        quality.ValueKind == JsonValueKind.Object ? quality.Deserialize(GatewayJson.Default.QualityLimitsBody)!.ToMessage()
        : quality.ValueKind == JsonValueKind.String
            && Array.Find(Words, known => quality.ValueEquals(known.Word)) is { Limits: { } limits } ? limits
        : throw new FaceGridException(ErrorCodes.InvalidParameter, $"{name} must be off, shot, standard or an object of limits.");

    /// <summary>Writes quality limits: as a word where there is one, otherwise as an object.</summary>
    public static JsonElement Of(QualityLimits limits) => Array.Find(Words, known => known.Limits == limits) is { Word: { } word }
        ? JsonSerializer.SerializeToElement(word, GatewayJson.Default.String)
        : JsonSerializer.SerializeToElement(QualityLimitsBody.Of(limits), GatewayJson.Default.QualityLimitsBody);
}
