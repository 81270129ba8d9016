using System.Security.Cryptography;
using FaceGrid.Abstractions.Embedding;
using FaceGrid.Abstractions.Rules;
using FaceGrid.Cameras.Rules;
using FaceGrid.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Rules;

/// <summary>
/// Goal: sightings and rules written today are read by every later version. Method: the bytes of known ones are pinned, and read back.
/// </summary>
public sealed class StoredRuleTests
{
    [Fact]
    public void A_sighting_has_the_same_bytes_for_ever() => ShouldStay(
        Visits.Of("ada", 1) with { Visitor = "v1", VisitorGallery = "guests", Liveness = new Liveness(0.9f, 0.5f, ["minifasnet-v2"]) },
        "36724726154d4f4666655b2cbe116857d693fd44cec3c184fea7b495e474958d",
        (sighting, back) => back.ShouldBe(sighting with { Liveness = back.Liveness }));

    [Fact]
    public void A_rule_has_the_same_bytes_for_ever() => ShouldStay(
        new RuleState
        {
            Settings = new RuleSettings(
                true, new RuleWho(["people/ada"], ["staff"], true, true, true), ["door"], [new RuleHours(["mon"], "18:00", "07:00")],
                    "Europe/Berlin", ["ended"], 60,
                new RuleWebhook("http://hooks.example/", "0123456789abcdef", true),
                    new RuleMqtt("mqtt://broker", "u", "p", new() { ["facegrid"] = "faces" })),
            CreatedAt = Visits.Morning,
            Position = 17,
            Salt = [1, 2, 3],
            Published = new() { ["whom"] = Visits.Morning },
            Delivered = 4,
            LastDeliveryAt = Visits.Morning,
            LastError = "The target answered 500.",
            LastErrorAt = Visits.Morning,
            Missed = 5,
        },
        "4a527c4be5195a1b424f5379e7184869095671d8319fd13f611c2546e55b5100",
        (state, back) =>
        {
            (back.Position, back.Delivered, back.Missed, back.LastError, back.Published["whom"])
                .ShouldBe((17, 4, 5, state.LastError, Visits.Morning));
            (back.Settings.Webhook, back.Settings.TimeZone, back.Settings.CooldownSeconds)
                .ShouldBe((state.Settings.Webhook, "Europe/Berlin", 60));
            (back.Settings.Who!.People!.Single(), back.Settings.Hours!.Single().To, back.Settings.Mqtt!.Topics!["facegrid"])
                .ShouldBe(("people/ada", "07:00", "faces"));
        });

    [Fact]
    public void A_dead_letter_has_the_same_bytes_for_ever() => ShouldStay(
        new RuleLettersState
        {
            Letters = [new DeadLetter("front-7", 7, "begun", Visits.Morning, 3, "The target answered 404.")],
            Dropped = 2
        },
        "3970f0ddbdfc840da4362850be59931cc8d83b4bd9f7601b6b0011e8aff8b5fb",
        (state, back) => (back.Letters.Single(), back.Dropped).ShouldBe((state.Letters.Single(), 2)));

    private static void ShouldStay<T>(T value, string hash, Action<T, T> compare)
        where T : notnull
    {
        using ServiceProvider services = new ServiceCollection()
            .AddSerializer(serializer => serializer.AddAssembly(typeof(RuleState).Assembly)).BuildServiceProvider();
        var serializer = services.GetRequiredService<Serializer<T>>();
        byte[] bytes = serializer.SerializeToArray(value);
        compare(value, serializer.Deserialize(bytes)!);
        Convert.ToHexStringLower(SHA256.HashData(bytes)).ShouldBe(hash, Convert.ToHexStringLower(bytes));
    }
}
