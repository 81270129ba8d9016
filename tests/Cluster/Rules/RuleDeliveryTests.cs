using System.Text.Json;
using FaceGrid.Abstractions.Rules;
using FaceGrid.Abstractions.Sightings;
using FaceGrid.Cameras.Outbound;
using FaceGrid.Cameras.Rules;
using FaceGrid.Cameras.Sightings;
using FaceGrid.Cameras.State;
using FaceGrid.Storage;
using FaceGrid.Tests.Gateway;
using FaceGrid.Tests.Grid;
using FaceGrid.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Core.Internal;
using Orleans.Serialization;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Rules;

/// <summary>
/// Goal: a rule's target hears of every sighting that fits, in order, once, whatever happens to it or to the silo. Method: silos on a real
/// database, a gateway, and receivers that misbehave.
/// </summary>
public sealed class RuleDeliveryTests : IAsyncLifetime
{
    private const string Secret = "0123456789abcdef";

    /// <summary>How long a target may take where a test is not about that: a busy machine must not make a delivery be repeated.</summary>
    private static readonly TimeSpan Patient = TimeSpan.FromMinutes(1);

    private readonly TemporaryDirectory _directory = new();
    private GridCluster _grid = null!;
    private GatewayHost _gateway = null!;
    private WebhookReceiver _receiver = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _receiver = await WebhookReceiver.StartAsync();
        await StartGridAsync(silos: 1, Patient);
    }

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        await _grid.DisposeAsync();
        await _receiver.DisposeAsync();
        _directory.Dispose();
    }

    [Fact]
    public async Task Rules_are_listed_page_by_page()
    {
        foreach (string rule in new[] { "b", "a" })
        {
            (await PutAsync(rule, $$"""{"webhook":{"url":"{{_receiver.Url}}"} }""")).Status.ShouldBe(201);
        }

        JsonElement page = await _gateway.GetAsync("/v1/rules?limit=1");
        (page.GetProperty("rules").EnumerateArray().Single().GetProperty("id").GetString(), page.GetProperty("next").GetString())
            .ShouldBe(("a", "a"));
        page = await _gateway.GetAsync("/v1/rules?limit=1&after=a");
        (page.GetProperty("rules").EnumerateArray().Single().GetProperty("id").GetString(), page.GetProperty("next").ValueKind)
            .ShouldBe(("b", JsonValueKind.Null));
        (await _gateway.SendAsync(HttpMethod.Get, "/v1/rules?limit=0", null)).Status.ShouldBe(400);
        (await _gateway.SendAsync(HttpMethod.Get, "/v1/rules?after=A", null)).Status.ShouldBe(400);
    }

    [Fact]
    public async Task Sightings_that_fit_are_reported_once_in_order_and_signed()
    {
        await RecordAsync(Visits.Unknown(99)); // Before the rule, which is not told of it.
        (int status, JsonElement made) = await PutAsync("front", $$"""{"who":{"people":["people/ada"]},"moments":["begun","ended"],"webhook":{"url":"{{_receiver.Url}}","secret":"{{Secret}}","picture":true} }""");
        status.ShouldBe(201, made.GetRawText());
        made.GetRawText().ShouldNotContain(Secret);
        await RecordAsync(
            Visits.Unknown(1), Visits.Of("ada", 1, revision: 2), Visits.Of("ada", 1, revision: 3), Visits.Of("ben", 2),
            Visits.Of("ada", 1, revision: 3).Ended());
        await _grid.Service<ISightingLog>().RecordAsync(Visits.Of("ada", 3), [1, 2], Cancel);

        await Eventually.AssertAsync(() => Done(() => _receiver.Ids.ShouldBe(["front-3", "front-6", "front-7"])));
        _receiver.Taken.Select(
            taken =>
            (taken.Message.GetProperty("moment").GetString(), taken.Message.GetProperty("sighting").GetProperty("revision").GetInt32()))
            .ShouldBe([("begun", 2), ("ended", 4), ("begun", 1)]);
        (JsonElement last, byte[] body, var headers) = _receiver.Taken.Last();
        last.GetProperty("picture").GetString().ShouldBe($"https://faces.example/v1/sightings/{Visits.Id(3)}/picture");
        headers["X-FaceGrid-Delivery"].ToString().ShouldBe("front-7");
        headers["X-FaceGrid-Signature"].ToString().ShouldBe(WebhookTarget.Sign(Secret, headers["X-FaceGrid-Timestamp"].ToString(), body));
        _receiver.Came.Count.ShouldBe(3);

        await Eventually.AssertAsync(async () => // The receiver has it before the rule knows that.
        {
            JsonElement now = (await _gateway.GetAsync("/v1/rules/front")).GetProperty("status");
            (now.GetProperty("delivered").GetInt64(), now.GetProperty("lag").GetInt64(), now.GetProperty("deadLetters").GetInt32())
                .ShouldBe((3, 0, 0));
        });
        JsonElement listed = (await _gateway.GetAsync("/v1/rules")).GetProperty("rules")[0];
        (listed.GetProperty("id").GetString(), listed.GetProperty("webhook").GetProperty("hasSecret").GetBoolean())
            .ShouldBe(("front", true));
        listed.GetRawText().ShouldNotContain(Secret);

        // Without a secret, the one that is known for this address stays; then the rule is gone, and nobody is told.
        (await PutAsync("front", $$"""{"webhook":{"url":"{{_receiver.Url}}"} }""")).Status.ShouldBe(200);
        await RecordAsync(Visits.Unknown(5));
        await Eventually.AssertAsync(() => Done(() => _receiver.Taken.Last().Headers.ContainsKey("X-FaceGrid-Signature").ShouldBeTrue()));
        await Eventually.AssertAsync(() => Done(() => _receiver.Taken.Count.ShouldBe(4)));
        (await _gateway.SendAsync(HttpMethod.Delete, "/v1/rules/front", null)).Status.ShouldBe(204);
        (await _gateway.SendAsync(HttpMethod.Get, "/v1/rules/front", null)).Status.ShouldBe(404);
        await RecordAsync(Visits.Unknown(6));
        (await PutAsync("after", $$"""{"webhook":{"url":"{{_receiver.Url}}"} }""")).Status.ShouldBe(201);
        await RecordAsync(Visits.Unknown(7));
        await Eventually.AssertAsync(() => Done(() => _receiver.Ids.Last().ShouldBe("after-10")));
        _receiver.Taken.Count.ShouldBe(5);
    }

    [Fact]
    public async Task A_target_that_hangs_or_fails_hears_everything_once_it_is_back_and_holds_nobody_else_up()
    {
        await _gateway.DisposeAsync();
        await _grid.DisposeAsync();
        await StartGridAsync(silos: 1, TimeSpan.FromSeconds(1), "impatient");
        await using WebhookReceiver healthy = await WebhookReceiver.StartAsync();
        int state = 500;
        _receiver.Answer = async (_, gone) =>
        {
            if (state == 0)
            {
                await Task.Delay(Timeout.Infinite, gone).ContinueWith(static _ => { }, TaskScheduler.Default);
                return 500;
            }

            return state;
        };
        await PutAsync("bad", $$"""{"webhook":{"url":"{{_receiver.Url}}"} }""");
        await PutAsync("good", $$"""{"webhook":{"url":"{{healthy.Url}}"} }""");
        await RecordAsync([.. Enumerable.Range(1, 20).Select(i => Visits.Unknown(i))]);
        // A target that takes more than a second is told again.
        await Eventually.AssertAsync(() => Done(() => healthy.Ids.Distinct().ShouldBe(Enumerable.Range(1, 20).Select(i => $"good-{i}"))));
        await Eventually.AssertAsync(() => Done(() => _receiver.Came.Count.ShouldBeGreaterThan(1)));
        state = 0;
        int before = _receiver.Came.Count;
        await Eventually.AssertAsync(() => Done(() => _receiver.Came.Count.ShouldBeGreaterThan(before)));
        await Eventually.AssertAsync(
            async () => (await _gateway.GetAsync("/v1/rules/bad")).GetProperty("status").GetProperty("lastError").GetString()
            .ShouldNotBeNull().ShouldContain("did not answer within"));
        JsonElement failing = (await _gateway.GetAsync("/v1/rules/bad")).GetProperty("status");
        failing.GetProperty("lag").GetInt64().ShouldBe(20);
        failing.GetProperty("failingSince").ValueKind.ShouldBe(JsonValueKind.String);
        _receiver.Came.Distinct().ShouldBe(["bad-1"]);
        state = 200;
        await Eventually.AssertAsync(() => Done(() => _receiver.Ids.Distinct().ShouldBe(Enumerable.Range(1, 20).Select(i => $"bad-{i}"))));
        (await _gateway.GetAsync("/v1/rules/bad/dead-letters")).GetProperty("deadLetters").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task What_a_target_refuses_for_good_waits_for_somebody_to_decide()
    {
        _receiver.Answer = static (message, _) => Task.FromResult(message.GetProperty("position").GetInt64() <= 4 ? 404 : 200);
        await PutAsync("r", $$"""{"webhook":{"url":"{{_receiver.Url}}"} }""");
        await RecordAsync(Visits.Unknown(1), Visits.Unknown(2), Visits.Of("ada", 3), Visits.Unknown(4), Visits.Unknown(5));
        await Eventually.AssertAsync(() => Done(() => _receiver.Ids.ShouldBe(["r-5"])));
        JsonElement letters = (await _gateway.GetAsync("/v1/rules/r/dead-letters")).GetProperty("deadLetters");
        letters.EnumerateArray()
            .Select(letter =>
            (letter.GetProperty("id").GetString(), letter.GetProperty("attempts").GetInt32(), letter.GetProperty("error").GetString()))
            .ShouldBe(
                [("r-1", 1, "The target answered 404."), ("r-2", 1, "The target answered 404."), ("r-3", 1, "The target answered 404."),
                ("r-4", 1, "The target answered 404.")]);

        (int status, JsonElement problem) = await _gateway.PostAsync("/v1/rules/r/dead-letters/r-1", null);
        (status, problem.GetProperty("code").GetString()).ShouldBe((502, "delivery-failed"));
        _receiver.Answer = static (_, _) => Task.FromResult(200);
        (await _gateway.PostAsync("/v1/rules/r/dead-letters/r-1", null)).Status.ShouldBe(204);
        (await _gateway.SendAsync(HttpMethod.Delete, "/v1/rules/r/dead-letters/r-2", null)).Status.ShouldBe(204);
        (await _gateway.SendAsync(HttpMethod.Delete, "/v1/galleries/people/people/ada", null)).Status.ShouldBe(204);
        (status, problem) = await _gateway.PostAsync("/v1/rules/r/dead-letters/r-3", null); // What it told of is erased.
        (status, problem.GetProperty("code").GetString()).ShouldBe((404, "dead-letter-not-found"));
        (await _gateway.GetAsync("/v1/rules/r/dead-letters")).GetProperty("deadLetters").EnumerateArray()
            .Select(letter => letter.GetProperty("id").GetString()).ShouldBe(["r-4"]);
        _receiver.Ids.ShouldBe(["r-5", "r-1"]);
        (await _gateway.SendAsync(HttpMethod.Get, "/v1/rules/none/dead-letters", null)).Status.ShouldBe(404);
    }

    /// <summary>
    /// Deleted means gone: a target that was away does not hear of somebody who was deleted meanwhile, although the rule had begun to tell
    /// of them.
    /// </summary>
    [Fact]
    public async Task Nobody_hears_of_somebody_who_was_deleted_while_the_target_was_away()
    {
        _receiver.Answer = static (_, _) => Task.FromResult(503);
        await PutAsync("r", $$"""{"webhook":{"url":"{{_receiver.Url}}"} }""");
        await RecordAsync(Visits.Of("ada", 1), Visits.Unknown(2), Visits.Of("ada", 3), Visits.Unknown(4));
        await Eventually.AssertAsync(() => Done(() => _receiver.Came.ShouldContain("r-1")));
        (await _gateway.SendAsync(HttpMethod.Delete, "/v1/galleries/people/people/ada", null)).Status.ShouldBe(204);
        _receiver.Answer = static (_, _) => Task.FromResult(200);
        await Eventually.AssertAsync(() => Done(() => _receiver.Ids.LastOrDefault().ShouldBe("r-4")));
        _receiver.Ids.ShouldBe(["r-2", "r-4"]);
        (await _gateway.GetAsync("/v1/rules/r/dead-letters")).GetProperty("deadLetters").GetArrayLength().ShouldBe(0);
    }

    /// <summary>The same for a target that is only slow: what the rule has read already is not told once it is erased.</summary>
    [Fact]
    public async Task Nobody_hears_of_somebody_who_was_deleted_while_the_target_took_what_came_before()
    {
        TaskCompletionSource first = new(TaskCreationOptions.RunContinuationsAsynchronously),
            second = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _receiver.Answer = async (message, _) =>
        {
            await (message.GetProperty("position").GetInt64() switch { 1 => first.Task, 2 => second.Task, _ => Task.CompletedTask });
            return 200;
        };
        await PutAsync("r", $$"""{"webhook":{"url":"{{_receiver.Url}}"} }""");
        await RecordAsync(Visits.Unknown(1));
        await Eventually.AssertAsync(() => Done(() => _receiver.Came.ShouldContain("r-1")));
        await RecordAsync(Visits.Unknown(2), Visits.Of("ada", 3), Visits.Unknown(4)); // Read together, while the target has the first.
        first.SetResult();
        await Eventually.AssertAsync(() => Done(() => _receiver.Came.ShouldContain("r-2")));
        (await _gateway.SendAsync(HttpMethod.Delete, "/v1/galleries/people/people/ada", null)).Status.ShouldBe(204);
        second.SetResult();
        await Eventually.AssertAsync(() => Done(() => _receiver.Ids.ShouldContain("r-4")));
        _receiver.Ids.ShouldBe(["r-1", "r-2", "r-4"]);
    }

    [Fact]
    public async Task A_dead_letter_whose_removal_fails_at_first_is_gone_from_the_row_when_that_is_answered()
    {
        _receiver.Answer = static (_, _) => Task.FromResult(404);
        await PutAsync("r", $$"""{"webhook":{"url":"{{_receiver.Url}}"} }""");
        await RecordAsync(Visits.Unknown(1));
        await Eventually.AssertAsync(
            async () => (await _gateway.GetAsync("/v1/rules/r/dead-letters")).GetProperty("deadLetters").GetArrayLength().ShouldBe(1));
        _grid.Writes.Refused = CameraStateNames.RuleLetters;
        (await _gateway.SendAsync(HttpMethod.Delete, "/v1/rules/r/dead-letters/r-1", null)).Status.ShouldBe(503);
        (await _gateway.SendAsync(HttpMethod.Delete, "/v1/rules/r/dead-letters/r-1", null)).Status.ShouldBe(204);
        GrainRow row = (await _grid.Rows.ReadAsync(CameraStateNames.RuleLetters, IRuleGrain.KeyOf("r"), Cancel)).ShouldNotBeNull();
        _grid.Service<Serializer<RuleLettersState>>().Deserialize(row.Payload)!.Letters.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_damaged_of_sightings_is_left_out_and_all_else_is_reported_and_listed()
    {
        int answer = 503;
        _receiver.Answer = (_, _) => Task.FromResult(answer);
        await PutAsync("r", $$"""{"webhook":{"url":"{{_receiver.Url}}"} }""");
        await RecordAsync(Visits.Unknown(1));
        await Eventually.AssertAsync(() => Done(() => _receiver.Came.ShouldContain("r-1")));
        await RecordAsync(Visits.Unknown(2), Visits.Unknown(3), Visits.Unknown(4));
        await _grid.DamageAsync("Position IN (2, 3)", rows: 2, table: "SightingEvent");
        await _grid.DamageAsync($"Id = '{Visits.Id(3)}'", table: "Sighting");
        int tries = _receiver.Came.Count;
        // By then what was read before the damage has left memory.
        await Eventually.AssertAsync(() => Done(() => _receiver.Came.Count.ShouldBeGreaterThan(tries + 1)));
        answer = 200;
        await Eventually.AssertAsync(() => Done(() => _receiver.Ids.LastOrDefault().ShouldBe("r-4")));
        _receiver.Came.Distinct().ShouldBe(["r-1", "r-4"]);

        JsonElement page = await _gateway.GetAsync("/v1/sightings");
        page.GetProperty("sightings").EnumerateArray().Select(sighting => sighting.GetProperty("id").GetString())
            .ShouldBe([Visits.Id(4), Visits.Id(2), Visits.Id(1)]);
        (int status, JsonElement problem) = await _gateway.SendAsync(HttpMethod.Get, "/v1/sightings/" + Visits.Id(3), null);
        (status, problem.GetProperty("code").GetString()).ShouldBe((500, "row-damaged"));
        (await _grid.Service<ISightingLog>().PresentAsync("door", Cancel)).Count.ShouldBe(3);
        (await _gateway.SendAsync(HttpMethod.Delete, "/v1/sightings/" + Visits.Id(3), null)).Status.ShouldBe(204);
        (await _gateway.SendAsync(HttpMethod.Get, "/v1/sightings/" + Visits.Id(3), null)).Status.ShouldBe(404);

        // Everything after a position is damaged: who reads on comes to the end.
        SightingEvents rest = await _grid.Grains.GetGrain<ISightingReaderGrain>(0).ReadEventsAsync(1, 1, TimeSpan.Zero, Cancel);
        rest.Events.Single().Position.ShouldBe(4);
    }

    [Fact]
    public async Task Dead_letters_that_cannot_be_read_do_not_stop_their_rule()
    {
        _receiver.Answer = static (_, _) => Task.FromResult(404);
        await PutAsync("r", $$"""{"webhook":{"url":"{{_receiver.Url}}"} }""");
        await RecordAsync(Visits.Unknown(1));
        await Eventually.AssertAsync(
            async () => (await _gateway.GetAsync("/v1/rules/r/dead-letters")).GetProperty("deadLetters").GetArrayLength().ShouldBe(1));
        await _grid.DamageAsync("StateName = 'rule-letters'");
        await Eventually.AssertAsync(async () => // Until its grain has left memory.
        {
            await _grid.Grains.GetGrain<IRuleGrain>(IRuleGrain.KeyOf("r")).AsReference<IGrainManagementExtension>().DeactivateOnIdle();
            (int status, JsonElement letters) = await _gateway.SendAsync(HttpMethod.Get, "/v1/rules/r/dead-letters", null);
            status.ShouldBe(200, letters.GetRawText());
            letters.GetProperty("deadLetters").GetArrayLength().ShouldBe(0);
        });
        _receiver.Answer = static (_, _) => Task.FromResult(200);
        await RecordAsync(Visits.Unknown(2));
        await Eventually.AssertAsync(() => Done(() => _receiver.Ids.ShouldBe(["r-2"])));
    }

    [Fact]
    public async Task Rules_that_do_not_exist_do_not_stay_in_memory()
    {
        (await _gateway.SendAsync(HttpMethod.Get, "/v1/rules/none", null)).Status.ShouldBe(404);
        (await PutAsync("wrong", """{"webhook":{"url":"ftp://example"} }""")).Status.ShouldBe(400);
        foreach (string rule in new[] { "none", "wrong" })
        {
            await Eventually.AssertAsync(async () =>
                (await _grid.Grains.GetGrain<IManagementGrain>(0)
                    .GetActivationAddress((IAddressable)_grid.Grains.GetGrain<IRuleGrain>(IRuleGrain.KeyOf(rule)))).ShouldBeNull(rule));
        }
    }

    [Fact]
    public async Task A_person_is_reported_once_per_cooldown_by_the_time_of_their_visits()
    {
        await PutAsync("calm", $$"""{"cooldownSeconds":60,"webhook":{"url":"{{_receiver.Url}}"} }""");
        await RecordAsync(
            // 1, 3 and 5
            Visits.Of("ada", 1), Visits.Of("ada", 30), Visits.Of("ben", 31, "gate"), Visits.Of("ada", 59, "gate"), Visits.Of("ada", 62),
            // 6, 8 and 10; a clock that is behind makes nobody new
            Visits.Unknown(63), Visits.Unknown(64), Visits.Unknown(65, "gate"), Visits.Of("ada", 3), Visits.Unknown(200));
        await Eventually.AssertAsync(() => Done(() => _receiver.Ids.LastOrDefault().ShouldBe("calm-10")));
        _receiver.Ids.ShouldBe(["calm-1", "calm-3", "calm-5", "calm-6", "calm-8", "calm-10"]);
    }

    [Fact]
    public async Task New_settings_take_effect_at_once_and_bad_ones_are_refused()
    {
        _receiver.Answer = static (_, _) => Task.FromResult(503);
        await PutAsync("r", $$"""{"webhook":{"url":"{{_receiver.Url}}"} }""");
        await RecordAsync(Visits.Unknown(1), Visits.Unknown(2, "gate"));
        await Eventually.AssertAsync(() => Done(() => _receiver.Came.Count.ShouldBeGreaterThan(0)));
        await using WebhookReceiver other = await WebhookReceiver.StartAsync();
        (await PutAsync("r", $$"""{"cameras":["gate"],"webhook":{"url":"{{other.Url}}"} }""")).Status.ShouldBe(200);
        await Eventually.AssertAsync(() => Done(() => other.Ids.ShouldBe(["r-2"])));

        (int status, JsonElement problem) = await PutAsync("r", """{"moments":["x"],"cooldownSeconds":-1,"webhook":{"url":"http://169.254.169.254/"} }""");
        (status, problem.GetProperty("code").GetString()).ShouldBe((400, "invalid-rule"));
        string detail = problem.GetProperty("detail").GetString()!;
        Array.TrueForAll(["moments", "cooldownSeconds", "169.254.169.254"], detail.Contains).ShouldBeTrue(detail);
        (await PutAsync("BAD", "{}")).Status.ShouldBe(400);
        (await PutAsync("r", """{"target":1}""")).Status.ShouldBe(400);
        (await PutAsync("two", $$"""{"webhook":{"url":"{{other.Url}}"} }""")).Status.ShouldBe(201);
        (status, problem) = await PutAsync("three", $$"""{"webhook":{"url":"{{other.Url}}"} }""");
        (status, problem.GetProperty("code").GetString()).ShouldBe((409, "too-many-rules"));
    }

    /// <summary>
    /// The target has the message, and the silo dies before it knows: the next one tells it again, under the same id, and everything after
    /// it once.
    /// </summary>
    [Fact]
    public async Task A_silo_that_dies_between_a_delivery_and_its_note_is_followed_by_one_that_delivers_again_under_the_same_id()
    {
        await _gateway.DisposeAsync();
        await _grid.DisposeAsync();
        await StartGridAsync(silos: 2, Patient, "two");
        TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously),
            over = new(TaskCreationOptions.RunContinuationsAsynchronously);
        bool first = true;
        _receiver.Answer = async (message, gone) =>
        {
            if (first && message.GetProperty("position").GetInt64() == 2)
            {
                first = false;
                reached.SetResult();
                await Task.WhenAny(over.Task, Task.Delay(Timeout.Infinite, gone));
            }

            return 200;
        };
        await PutAsync("r", $$"""{"webhook":{"url":"{{_receiver.Url}}"} }""");
        await RecordAsync([.. Enumerable.Range(1, 5).Select(i => Visits.Unknown(i))]);
        await reached.Task.WaitAsync(TimeSpan.FromSeconds(60), Cancel);
        SiloAddress holder = (
            await _grid.Grains.GetGrain<IManagementGrain>(0)
            .GetActivationAddress((IAddressable)_grid.Grains.GetGrain<IRuleGrain>(IRuleGrain.KeyOf("r")))).ShouldNotBeNull();
        await _grid.KillSiloAsync(_grid.IndexOf(holder));
        await Eventually.AssertAsync(() => Done(() => _receiver.Came.Distinct().Count().ShouldBe(5)));
        await Eventually.AssertAsync(() => Done(() => _receiver.Ids.Distinct().Count().ShouldBe(5)));
        _receiver.Came.ShouldBe(["r-1", "r-2", "r-2", "r-3", "r-4", "r-5"]);
        over.SetResult();
    }

    private async Task StartGridAsync(int silos, TimeSpan targetTimeout, string name = "one")
    {
        _grid = await GridCluster.StartAsync(
            Path.Combine(_directory.Path, name),
            silos: silos,
            services: services =>
            {
                services.Configure<OutboundOptions>(options => options.Allow = ["loopback"]);
                services.Configure<RuleOptions>(
                    options => (options.RulesMax, options.TargetTimeout, options.PublicUrl) = (2, targetTimeout, "https://faces.example/"));
            });
        _gateway = await GatewayHost.StartAsync(_grid.Grains);
        if (silos == 1)
        {
            await _grid.CreateGalleryAsync();
            await _grid.EnrolAsync("ada", GridCluster.Unit(GridCluster.RandomUnit(new Random(1))));
            await _grid.EnrolAsync("ben", GridCluster.Unit(GridCluster.RandomUnit(new Random(2))));
        }
    }

    private async Task RecordAsync(params Sighting[] sightings)
    {
        foreach (Sighting sighting in sightings)
        {
            await _grid.Service<ISightingLog>().RecordAsync(sighting, null, Cancel);
        }
    }

    private Task<(int Status, JsonElement Body)> PutAsync(string rule, string json) =>
        _gateway.PutAsync($"/v1/rules/{rule}", GatewayHost.Json(json));

    private static Task Done(Action assertion)
    {
        assertion();
        return Task.CompletedTask;
    }
}
