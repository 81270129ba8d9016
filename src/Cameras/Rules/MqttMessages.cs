using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using FaceGrid.Abstractions.Rules;
using FaceGrid.Abstractions.Sightings;

namespace FaceGrid.Cameras.Rules;

/// <summary>
/// The MQTT messages of a delivery. Topics and members are those that the named programs publish themselves, so that automations made for
/// them go on working: Double Take 1.13 (https://github.com/skrashevich/double-take, <c>api/src/util/mqtt.util.js</c> at 224ac1c2 and its
/// README) and Frigate 0.16 (https://github.com/blakeblackshear/frigate, <c>frigate/data_processing/real_time/face.py</c>). Neither has a
/// message for the end of a visit, and Frigate has none for an unknown person.
/// </summary>
internal static class MqttMessages
{
    private const string FaceGrid = "facegrid", DoubleTake = "double-take", Frigate = "frigate";

    /// <summary>The kinds of messages, keys of <see cref="RuleMqtt.Topics"/>.</summary>
    public static IReadOnlyList<string> Kinds { get; } = [FaceGrid, DoubleTake, Frigate];

    /// <summary>The messages of a delivery, in the order in which they are published.</summary>
    /// <param name="delivery">The delivery.</param>
    /// <param name="topics">Kinds with the beginnings of their topics, or null.</param>
    /// <returns>Topics and payloads.</returns>
    public static (string Topic, byte[] Payload)[] Of(Delivery delivery, IReadOnlyDictionary<string, string>? topics)
    {
        topics ??= new Dictionary<string, string>(StringComparer.Ordinal) { [FaceGrid] = FaceGrid };
        Sighting sighting = delivery.Sighting;
        List<(string, byte[])> messages = [];
        if (topics.TryGetValue(FaceGrid, out string? prefix))
        {
            messages.Add(($"{prefix}/sightings/{sighting.Camera}", RuleMessage.Of(delivery)));
        }

        if (delivery.Moment == "begun" && topics.TryGetValue(DoubleTake, out prefix))
        {
            AddDoubleTake(messages, prefix, sighting);
        }

        if (delivery.Moment == "begun" && sighting.Person is { } person && topics.TryGetValue(Frigate, out prefix))
        {
            double lastSeen = sighting.LastSeen.ToUnixTimeMilliseconds() / 1000.0;
            var face = new FrigateFace("face", person, sighting.Confidence, sighting.Id, sighting.Camera, lastSeen);
            messages.Add(($"{prefix}/tracked_object_update", ToBytes(face, RuleJson.Default.FrigateFace)));
        }

        return [.. messages];
    }

    private static byte[] ToBytes<T>(T message, JsonTypeInfo<T> type) => JsonSerializer.SerializeToUtf8Bytes(message, type);

    private static void AddDoubleTake(List<(string, byte[])> messages, string prefix, Sighting sighting)
    {
        double seconds = Math.Round((sighting.LastSeen - sighting.FirstSeen).TotalSeconds, 2);
        string at = sighting.LastSeen.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", System.Globalization.CultureInfo.InvariantCulture);
        bool known = sighting.Person is not null;
        double percent = Math.Round(sighting.Confidence * 100, 2);
        var face = new DoubleTakeFace(sighting.Person ?? "unknown", percent, known, FaceGrid, seconds, FaceGrid, null);
        if (known)
        {
            var match = new DoubleTakeMatch(sighting.Id, seconds, at, sighting.Frames, sighting.Camera, [], face);
            messages.Add(($"{prefix}/matches/{sighting.Person}", ToBytes(match, RuleJson.Default.DoubleTakeMatch)));
        }
        else
        {
            var unknown = new DoubleTakeUnknown(sighting.Id, seconds, at, sighting.Frames, sighting.Camera, [], face, [face]);
            messages.Add(($"{prefix}/matches/unknown", ToBytes(unknown, RuleJson.Default.DoubleTakeUnknown)));
        }

        var camera = new DoubleTakeCamera(
            sighting.Id,
            seconds,
            at,
            sighting.Frames,
            sighting.Camera,
            Zones: [],
            Matches: known ? [face] : [],
            Misses: [],
            Unknowns: known ? [] : [face],
            PersonCount: 1,
            new DoubleTakeCounts(Person: 1, Match: known ? 1 : 0, Miss: 0, Unknown: known ? 0 : 1));
        messages.Add(($"{prefix}/cameras/{sighting.Camera}", ToBytes(camera, RuleJson.Default.DoubleTakeCamera)));
    }
}

/// <summary>One face in Double Take's words; confidence in percent.</summary>
internal sealed record DoubleTakeFace(
    string Name, double Confidence, bool Match, string Type, double Duration, string Detector, string? Base64);

/// <summary>Payload of <c>double-take/matches/{name}</c>.</summary>
internal sealed record DoubleTakeMatch(
    string Id, double Duration, string Timestamp, int Attempts, string Camera, string[] Zones, DoubleTakeFace Match);

/// <summary>Payload of <c>double-take/matches/unknown</c>.</summary>
internal sealed record DoubleTakeUnknown(
    string Id,
    double Duration,
    string Timestamp,
    int Attempts,
    string Camera,
    string[] Zones,
    DoubleTakeFace Unknown,
    DoubleTakeFace[] Unknowns);

/// <summary>Payload of <c>double-take/cameras/{camera}</c>.</summary>
internal sealed record DoubleTakeCamera(
    string Id,
    double Duration,
    string Timestamp,
    int Attempts,
    string Camera,
    string[] Zones,
    DoubleTakeFace[] Matches,
    DoubleTakeFace[] Misses,
    DoubleTakeFace[] Unknowns,
    int PersonCount,
    DoubleTakeCounts Counts);

/// <summary>Counts of a camera's payload.</summary>
internal sealed record DoubleTakeCounts(int Person, int Match, int Miss, int Unknown);

/// <summary>Payload of <c>frigate/tracked_object_update</c> with type <c>face</c>; score 0 to 1, timestamp in seconds since 1970.</summary>
internal sealed record FrigateFace(string Type, string Name, double Score, string Id, string Camera, double Timestamp);
