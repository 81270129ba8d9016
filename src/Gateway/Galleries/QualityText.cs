using System.Text.Json;
using FaceGrid.Abstractions.Embedding;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Gateway.Bodies;

namespace FaceGrid.Gateway.Galleries;

/// <summary>Limits of quality as callers write them: a word, or an object with the limits by name.</summary>
internal static class QualityText
{
    private static readonly (string Word, QualityLimits Limits)[] Words =
    [
        ("off", QualityLimits.Off),
        ("shot", QualityLimits.Shot),
        ("standard", QualityLimits.Standard),
    ];

    /// <summary>Reads them.</summary>
    /// <param name="quality">As given.</param>
    /// <param name="name">What it is called, for the message.</param>
    /// <exception cref="FaceGridException">
    /// <see cref="ErrorCodes.InvalidParameter"/> for what is neither; ranges are checked by who uses them.
    /// </exception>
    public static QualityLimits Parse(JsonElement quality, string name) =>
        quality.ValueKind == JsonValueKind.Object ? quality.Deserialize(GatewayJson.Default.QualityLimitsBody)!.ToMessage()
        : quality.ValueKind == JsonValueKind.String
            && Array.Find(Words, known => quality.ValueEquals(known.Word)) is { Limits: { } limits } ? limits
        : throw new FaceGridException(ErrorCodes.InvalidParameter, $"{name} is off, shot, standard or an object of limits.");

    /// <summary>Writes them.</summary>
    public static JsonElement Of(QualityLimits limits) => Array.Find(Words, known => known.Limits == limits) is { Word: { } word }
        ? JsonSerializer.SerializeToElement(word, GatewayJson.Default.String)
        : JsonSerializer.SerializeToElement(QualityLimitsBody.Of(limits), GatewayJson.Default.QualityLimitsBody);
}
