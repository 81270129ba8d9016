using System.Globalization;
using FaceGrid.Abstractions.Rules;
using FaceGrid.Abstractions.Sightings;
using FaceGrid.Cameras.Outbound;
using FaceGrid.Cameras.Rules;
using FaceGrid.Tests.Support;
using Microsoft.Extensions.Options;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Rules;

/// <summary>
/// Goal: a rule tells of exactly what its settings say, and settings that say nothing sensible are refused with all that is wrong. Method:
/// rules alone, and plain loops over what they should do.
/// </summary>
public sealed class RuleTests
{
    private static readonly RuleWebhook Hook = new("http://hooks.example/");

    /// <summary>
    /// Walks through weeks around both changes of the clock, minute by minute, with a clock on the wall that knows only minutes and days.
    /// </summary>
    [Fact]
    public void Hours_are_those_of_the_clock_on_the_wall()
    {
        string[] days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
        string[] zones = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Auckland"];
        var random = new Random(11);
        for (int round = 0; round < 200; round++)
        {
            string zoneName = zones[random.Next(zones.Length)];
            TimeZoneInfo zone = TimeZoneInfo.FindSystemTimeZoneById(zoneName);
            (int From, int To, string[] Days)[] spans = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => Span())];
            List<string> mistakes = [];
            RuleCalendar calendar = RuleCalendar.Read(
                new RuleSettings(
                    TimeZone: zoneName, Hours: [.. spans.Select(span => new RuleHours(span.Days, Clock(span.From), Clock(span.To)))]),
                    mistakes);
            mistakes.ShouldBeEmpty();
            DateTimeOffset start = random.Next(2) == 0 ? new(2026, 3, 27, 0, 0, 0, TimeSpan.Zero)
                : new(2026, 10, 23, 0, 0, 0, TimeSpan.Zero);
            for (int i = 0; i < 300; i++)
            {
                DateTimeOffset at = start.AddMinutes(random.Next(10 * 24 * 60)).AddSeconds(random.Next(60));
                DateTime wall = TimeZoneInfo.ConvertTime(at, zone).DateTime;
                calendar.Covers(at)
                    .ShouldBe(
                    Array.Exists(spans, span => Plain(span, wall)),
                    $"{zoneName} {wall:ddd HH:mm:ss} in "
                    + string.Join("; ", spans.Select(span => $"{string.Join(',', span.Days)} {Clock(span.From)}-{Clock(span.To)}")));
            }
        }

        (int, int, string[]) Span()
        {
            int from = random.Next(1440), to = random.Next(1, 1441);
            return from == to ? Span() : (from, to, [.. days.Where(_ => random.Next(2) == 0).DefaultIfEmpty("sun")]);
        }

        // Counts the minutes of the span one by one from each of its beginnings in this week and the last.
        static bool Plain((int From, int To, string[] Days) span, DateTime wall)
        {
            for (int back = 0; back <= 1; back++)
            {
                DateTime day = wall.Date.AddDays(-back);
                if (span.Days.Contains(day.ToString("ddd", CultureInfo.InvariantCulture).ToLowerInvariant()))
                {
                    DateTime begins = day.AddMinutes(span.From),
                        ends = begins.AddMinutes(span.To > span.From ? span.To - span.From : 1440 - span.From + span.To);
                    if (begins <= wall && wall < ends)
                    {
                        return true;
                    }
                }
            }

            return false;
        }

        static string Clock(int minutes) => minutes == 1440 ? "24:00"
            : string.Create(CultureInfo.InvariantCulture, $"{minutes / 60:d2}:{minutes % 60:d2}");
    }

    public static TheoryData<RuleWho?, bool, bool, bool, bool> Whos => new()
    {
        { null, true, true, true, true },
        { new RuleWho(Known: true), true, true, false, false },
        { new RuleWho(Unknown: true), false, false, false, true },
        { new RuleWho(Visitors: true), false, false, true, false },
        { new RuleWho(People: ["people/ada"]), true, false, false, false },
        { new RuleWho(Galleries: ["people"]), true, true, false, false },
        { new RuleWho(People: ["people/ben"], Unknown: true), false, true, false, true },
        { new RuleWho(People: ["guests/v1"]), false, false, true, false },
        { new RuleWho(Galleries: ["guests"]), false, false, true, false },
        { new RuleWho(People: ["other/ada"]), false, false, false, false },
    };

    [Theory]
    [MemberData(nameof(Whos))]
    public void Who_is_reported(RuleWho? who, bool ada, bool ben, bool visitor, bool unknown)
    {
        Rule rule = Read(new RuleSettings(Who: who));
        rule.MomentOf(Begun(Visits.Of("ada", 1))).ShouldBe(ada ? "begun" : null);
        rule.MomentOf(Begun(Visits.Of("ben", 1))).ShouldBe(ben ? "begun" : null);
        rule.MomentOf(Begun(Visits.Unknown(1) with { VisitorGallery = "guests", Visitor = "v1" })).ShouldBe(visitor ? "begun" : null);
        rule.MomentOf(Begun(Visits.Unknown(1))).ShouldBe(unknown ? "begun" : null);
    }

    [Fact]
    public void A_visit_begins_for_a_rule_when_it_is_known_who_it_is()
    {
        Rule begun = Read(new RuleSettings(Who: new RuleWho(Known: true))), ended = Read(new RuleSettings(Moments: ["ended"])),
            both = Read(new RuleSettings(Moments: ["begun", "ended"]));
        SightingEvent unknown = Begun(Visits.Unknown(1)),
            named = new(2, SightingChange.Changed, NewVisitor: true, Visits.Of("ada", 1, revision: 2)),
            better = new(3, SightingChange.Changed, NewVisitor: false, Visits.Of("ada", 1, revision: 3)),
            over = new(4, SightingChange.Ended, NewVisitor: false, Visits.Of("ada", 1, revision: 3).Ended()),
            short1 = new(5, SightingChange.Ended, NewVisitor: true, Visits.Of("ada", 2).Ended());
        SightingEvent[] all = [unknown, named, better, over, short1];
        all.Select(begun.MomentOf).ShouldBe([null, "begun", null, null, "begun"]);
        all.Select(ended.MomentOf).ShouldBe([null, null, null, "ended", "ended"]);
        all.Select(both.MomentOf).ShouldBe(["begun", "begun", null, "ended", "ended"]);
        all.Select(Read(new RuleSettings(Enabled: false)).MomentOf).ShouldAllBe(moment => moment == null);
        all.Select(Read(new RuleSettings(Cameras: ["gate"])).MomentOf).ShouldAllBe(moment => moment == null);
        Read(new RuleSettings(Cameras: ["gate", "door"])).MomentOf(unknown).ShouldBe("begun");
        Read(new RuleSettings(Hours: [new RuleHours(["mon"], "07:00", "09:00")])).MomentOf(unknown).ShouldBe("begun");
        Read(new RuleSettings(Hours: [new RuleHours(["tue"], "07:00", "09:00")])).MomentOf(unknown).ShouldBeNull();
    }

    /// <summary>It is a failure like any other, which is told and given up in the end; else the rule would stand still for ever.</summary>
    [Fact]
    public void A_target_that_cannot_be_set_up_is_a_delivery_that_failed()
    {
        var options = new RuleOptions { Mqtt = { CertificateAuthority = "/nowhere/broker.pem" } };
        using var targets = new RuleTargets(
            new AddressRules(Options.Create(new OutboundOptions())), Options.Create(options), TimeProvider.System);
        DeliveryException failure = Should.Throw<DeliveryException>(
            () => targets.Create(new RuleSettings(Mqtt: new RuleMqtt("mqtts://broker.example"))));
        (failure.IsLasting, failure.Message.Contains("/nowhere/broker.pem", StringComparison.Ordinal)).ShouldBe((false, true));
    }

    /// <summary>Who logs a call logs its arguments.</summary>
    [Fact]
    public void Settings_in_a_log_hold_no_secrets()
    {
        var settings = new RuleSettings(
            Webhook: new RuleWebhook("https://hooks.example/T012/secret-path?key=secret", "secret-0123456789"),
                Mqtt: new RuleMqtt("mqtts://broker.example:8883", "secret-user", "secret-password"));
        string text = settings.ToString();
        text.ShouldNotContain("secret-");
        text.ShouldNotContain("key=");
        text.ShouldContain("webhook at hooks.example");
        text.ShouldContain("broker at broker.example:8883");
    }

    [Fact]
    public void All_mistakes_are_named_at_once()
    {
        string[] mistakes = Mistakes(new RuleSettings(
            Who: new RuleWho(People: ["ada"], Galleries: ["People"], Known: true),
            Cameras: ["Front Door"],
            Hours: [new RuleHours(["monday"]), new RuleHours(From: "25:00"), new RuleHours(From: "08:00", To: "08:00")],
            TimeZone: "Mars/Base",
            Moments: ["arrived"],
            CooldownSeconds: -1,
            Webhook: new RuleWebhook("http://127.0.0.1/", "short"),
            Mqtt: new RuleMqtt("http://broker", "u", Topics: new() { ["hass"] = "a", ["frigate"] = "#" })));
        string[] expected =
        [
            "who.people are gallery/person.", "who.galleries are gallery ids.", "who.known is everybody", "cameras are camera ids.",
                "moments are out of", "cooldownSeconds is 0 to", "timeZone is not", "hours[0].days are",
            "hours[1].from is", "hours[2] begins and ends", "A rule has a webhook or mqtt, and not both.",
                "webhook.url: FaceGrid may not connect to 127.0.0.1", "webhook.secret has 16",
                "mqtt.broker: The address is not one of mqtt://",
            "mqtt.topics has keys", "mqtt.topics has beginnings",
        ];
        mistakes.Length.ShouldBe(expected.Length, string.Join("\n", mistakes));
        mistakes.Zip(expected).ShouldAllBe(pair => pair.First.StartsWith(pair.Second));

        Mistakes(new RuleSettings()).ShouldHaveSingleItem().ShouldStartWith("A rule has a webhook or mqtt");
        Mistakes(new RuleSettings(Webhook: Hook, Who: new RuleWho())).ShouldHaveSingleItem().ShouldStartWith("who names nobody");
        Mistakes(new RuleSettings(Webhook: Hook, Who: new RuleWho(People: ["people/ada"], Galleries: ["people"]))).ShouldHaveSingleItem()
            .ShouldContain("gallery people");
        Mistakes(new RuleSettings(Mqtt: new RuleMqtt())).ShouldHaveSingleItem().ShouldStartWith("mqtt.broker is needed");
        Mistakes(new RuleSettings(Mqtt: new RuleMqtt("mqtt://broker.example"), TimeZone: "Europe/Berlin", Moments: ["ended"]))
            .ShouldBeEmpty();
    }

    /// <summary>JSON can leave a member out that a record always has, and have null in a list.</summary>
    [Fact]
    public void Holes_in_settings_are_reported_like_other_mistakes()
    {
        var noAddress = new RuleSettings(Webhook: new RuleWebhook(null!));
        noAddress.WithSecretsOf(before: null).ShouldBe(noAddress);
        noAddress.WithSecretsOf(new RuleSettings(Mqtt: new RuleMqtt("mqtt://b"))).ShouldBe(noAddress);
        Mistakes(noAddress).ShouldHaveSingleItem().ShouldStartWith("webhook.url:");
        Mistakes(new RuleSettings(Webhook: Hook, Who: new RuleWho(People: [null!, "people/ada"], Galleries: ["guests"])))
            .ShouldHaveSingleItem().ShouldStartWith("who.people are");
        Mistakes(new RuleSettings(Webhook: Hook, Cameras: [null!])).ShouldHaveSingleItem().ShouldStartWith("cameras are");
        Mistakes(new RuleSettings(Webhook: Hook, Moments: [null!])).ShouldHaveSingleItem().ShouldStartWith("moments are");
        Mistakes(new RuleSettings(Webhook: Hook, Hours: [new RuleHours([null!])])).ShouldHaveSingleItem()
            .ShouldStartWith("hours[0].days are");
    }

    /// <summary>A row is read by every node every few seconds.</summary>
    [Fact]
    public void Everything_that_a_rule_keeps_has_a_limit()
    {
        string much = new('a', 2_049);
        string[] mistakes =
        [
            .. Mistakes(
                new RuleSettings(
                Webhook: new RuleWebhook("http://hooks.example/" + much), Moments: ["begun", "begun", "begun"],
                Hours: [new RuleHours([.. Enumerable.Repeat("mon", 8)])])),
            .. Mistakes(new RuleSettings(Mqtt: new RuleMqtt("mqtt://b/" + much, much, much))),
        ];
        string[] expected =
            ["moments are out of", "hours[0].days are", "webhook.url has at most", "mqtt.userName and mqtt.password have",
            "mqtt.broker has at most"];
        mistakes.Length.ShouldBe(expected.Length, string.Join("\n", mistakes));
        mistakes.Zip(expected).ShouldAllBe(pair => pair.First.StartsWith(pair.Second));
    }

    [Fact]
    public void Secrets_are_not_shown_and_kept_for_the_same_target_only()
    {
        var before = new RuleSettings(Webhook: Hook with { Secret = "0123456789abcdef" }, Mqtt: new RuleMqtt("mqtt://b", "u", "p"));
        RuleSettings shown = before.WithoutSecrets();
        (shown.Webhook!.Secret, shown.Webhook.HasSecret, shown.Mqtt!.Password, shown.Mqtt.HasPassword).ShouldBe((null, true, null, true));
        shown.WithSecretsOf(before).Webhook!.Secret.ShouldBe("0123456789abcdef");
        shown.WithSecretsOf(before).Mqtt!.Password.ShouldBe("p");
        new RuleSettings(Webhook: new RuleWebhook("http://thief.example/")).WithSecretsOf(before).Webhook!.Secret.ShouldBeNull();
        new RuleSettings(Mqtt: new RuleMqtt("mqtt://thief", "u")).WithSecretsOf(before).Mqtt!.Password.ShouldBeNull();
        new RuleSettings(Webhook: Hook with { Secret = "" }).WithSecretsOf(before).WithoutSecrets().Webhook!.HasSecret.ShouldBe(false);
    }

    /// <summary>
    /// The example of docs/sightings.md, worked out with another program: <c>printf '1767225600.{"a":1}' | openssl dgst -sha256 -hmac
    /// 0123456789abcdef</c>.
    /// </summary>
    [Fact]
    public void The_signature_is_the_one_of_the_document() =>
        WebhookTarget.Sign("0123456789abcdef", "1767225600", "{\"a\":1}"u8.ToArray())
            .ShouldBe("v1=539b0e21b535c5201ef7d1453c0a0de4ad132293226de9018be0cfbf0092faa6");

    /// <summary>Members and topics as Double Take and Frigate publish them; see <see cref="MqttMessages"/>.</summary>
    [Fact]
    public void Messages_have_the_topics_and_members_that_automations_know()
    {
        var topics = new Dictionary<string, string> { ["facegrid"] = "facegrid", ["double-take"] = "double-take", ["frigate"] = "frigate" };
        (string Topic, string Payload)[] known = Texts(new Delivery("front-7", "front", "begun", 7, Visits.Of("ada", 1), null), topics);
        known.ShouldBe(
        [
            ("facegrid/sightings/door",
                """{"id":"front-7","rule":"front","moment":"begun","position":7,"sighting":{"id":"00000000000000000000000000000001","revision":1,"camera":"door","status":"present","firstSeen":"2026-03-02T08:00:01+00:00","lastSeen":"2026-03-02T08:00:02+00:00","gallery":"people","person":"ada","distance":0.6,"threshold":1,"margin":0.4,"confidence":0.8,"frames":3,"hasPicture":false}}"""),
            ("double-take/matches/ada",
                """{"id":"00000000000000000000000000000001","duration":1,"timestamp":"2026-03-02T08:00:02.000Z","attempts":3,"camera":"door","zones":[],"match":{"name":"ada","confidence":80,"match":true,"type":"facegrid","duration":1,"detector":"facegrid","base64":null}}"""),
            ("double-take/cameras/door",
                """{"id":"00000000000000000000000000000001","duration":1,"timestamp":"2026-03-02T08:00:02.000Z","attempts":3,"camera":"door","zones":[],"matches":[{"name":"ada","confidence":80,"match":true,"type":"facegrid","duration":1,"detector":"facegrid","base64":null}],"misses":[],"unknowns":[],"personCount":1,"counts":{"person":1,"match":1,"miss":0,"unknown":0}}"""),
            ("frigate/tracked_object_update",
                """{"type":"face","name":"ada","score":0.800000011920929,"id":"00000000000000000000000000000001","camera":"door","timestamp":1772438402}"""),
        ]);
        Texts(new Delivery("front-8", "front", "begun", 8, Visits.Unknown(1), null), topics).Select(message => message.Topic)
            .ShouldBe(["facegrid/sightings/door", "double-take/matches/unknown", "double-take/cameras/door"]);
        Texts(new Delivery("front-9", "front", "ended", 9, Visits.Of("ada", 1).Ended(), null), topics)
            .ShouldHaveSingleItem().Topic.ShouldBe("facegrid/sightings/door");
        Texts(new Delivery("front-9", "front", "ended", 9, Visits.Of("ada", 1).Ended(), null), null)
            .ShouldHaveSingleItem().Topic.ShouldBe("facegrid/sightings/door");
    }

    private static (string Topic, string Payload)[] Texts(Delivery delivery, Dictionary<string, string>? topics) =>
        [.. MqttMessages.Of(delivery, topics).Select(message => (message.Topic, System.Text.Encoding.UTF8.GetString(message.Payload)))];

    private static SightingEvent Begun(Sighting sighting) => new(1, SightingChange.Begun, NewVisitor: true, sighting);

    private static Rule Read(RuleSettings settings) => Rule.Read(settings, []).ShouldNotBeNull();

    private static string[] Mistakes(RuleSettings settings)
    {
        List<string> mistakes = [];
        Rule.Read(settings, mistakes);
        Rule.CheckTarget(settings, new AddressRules(Options.Create(new OutboundOptions())), new RuleOptions(), mistakes);
        return [.. mistakes];
    }
}
