using System.Text.Json;
using System.Text.Json.Serialization;
using FaceGrid.Abstractions.Sightings;

namespace FaceGrid.Cameras.Rules;

/// <summary>What a webhook, or topic <c>facegrid/sightings/...</c>, is sent.</summary>
internal sealed record RuleMessage(
    string Id, string Rule, string Moment, long Position, SightingJson Sighting, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Picture)
{
    public static byte[] Of(Delivery delivery) => JsonSerializer.SerializeToUtf8Bytes(
        new RuleMessage(delivery.Id, delivery.Rule, delivery.Moment, delivery.Position, SightingJson.Of(delivery.Sighting), delivery.Picture), RuleJson.Default.RuleMessage);
}

/// <summary>All JSON that rules send: camelCase, no reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.Never)]
[JsonSerializable(typeof(RuleMessage))]
[JsonSerializable(typeof(DoubleTakeMatch))]
[JsonSerializable(typeof(DoubleTakeUnknown))]
[JsonSerializable(typeof(DoubleTakeCamera))]
[JsonSerializable(typeof(FrigateFace))]
internal sealed partial class RuleJson : JsonSerializerContext;
