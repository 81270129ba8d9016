using System.Text.Json;
using System.Text.Json.Serialization;
using FaceGrid.Abstractions.Sightings;

namespace FaceGrid.Cameras.Rules;

/// <summary>The message for a webhook, or for topic <c>facegrid/sightings/...</c>.</summary>
internal sealed record RuleMessage(
    string Id,
    string Rule,
    string Moment,
    long Position,
    SightingJson Sighting,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Picture)
{
    public static byte[] Of(Delivery delivery)
    {
        SightingJson sighting = SightingJson.Of(delivery.Sighting);
        var message = new RuleMessage(
            delivery.Id, delivery.Rule, delivery.Moment, delivery.Position, sighting, delivery.Picture);
        return JsonSerializer.SerializeToUtf8Bytes(message, RuleJson.Default.RuleMessage);
    }
}

/// <summary>All JSON that rules send: camelCase, no reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.Never)]
[JsonSerializable(typeof(RuleMessage))]
[JsonSerializable(typeof(DoubleTakeMatch))]
[JsonSerializable(typeof(DoubleTakeUnknown))]
[JsonSerializable(typeof(DoubleTakeCamera))]
[JsonSerializable(typeof(FrigateFace))]
internal sealed partial class RuleJson : JsonSerializerContext;
