using System.Net;
using System.Text.Json;
using FaceGrid.Cameras.Sightings;
using FaceGrid.Tests.Gateway;
using FaceGrid.Tests.Grid;
using FaceGrid.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Sightings;

/// <summary>
/// Goal: what a camera has written down is found, told to whoever listens, once and in order, and gone with the person it names. Method: a
/// silo on a real database, a gateway in front of it, HTTP.
/// </summary>
public sealed class SightingTests : IAsyncLifetime
{
    private readonly TemporaryDirectory _directory = new();
    private GridCluster _grid = null!;
    private GatewayHost _gateway = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private ISightingLog Log => _grid.Service<ISightingLog>();

    public async ValueTask InitializeAsync()
    {
        _grid = await GridCluster.StartAsync(_directory.Path);
        _gateway = await GatewayHost.StartAsync(_grid.Grains);
        await _grid.CreateGalleryAsync();
        await _grid.EnrolAsync("ada", GridCluster.Unit(GridCluster.RandomUnit(new Random(1))));
        await _grid.EnrolAsync("ben", GridCluster.Unit(GridCluster.RandomUnit(new Random(2))));
    }

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        await _grid.DisposeAsync();
        _directory.Dispose();
    }

    [Fact]
    public async Task What_cameras_saw_is_listed_by_filter_and_page_read_and_erased()
    {
        for (int i = 0; i < 5; i++)
        {
            await Log.RecordAsync(Visits.Of("ada", i), null, Cancel);
        }

        await Log.RecordAsync(Visits.Of("ben", 5, "gate").Ended(), [0xFF, 0xD8, 1, 2], Cancel);
        await Log.RecordAsync(Visits.Unknown(6, "gate"), null, Cancel);
        await Log.RecordAsync(Visits.Unknown(7) with { VisitorGallery = "people", Visitor = "ben" }, null, Cancel);

        (await IdsAsync("/v1/sightings")).ShouldBe([7, 6, 5, 4, 3, 2, 1, 0]);
        (await IdsAsync("/v1/sightings?camera=gate")).ShouldBe([6, 5]);
        (await IdsAsync("/v1/cameras/gate/sightings?status=present")).ShouldBe([6]);
        (await IdsAsync("/v1/sightings?gallery=people&person=ben")).ShouldBe([5]);
        (await IdsAsync("/v1/sightings?gallery=people&visitor=ben")).ShouldBe([7]);
        (await IdsAsync("/v1/sightings?unknown=true")).ShouldBe([7, 6]);
        (await IdsAsync("/v1/sightings?status=ended")).ShouldBe([5]);
        (await IdsAsync("/v1/sightings?from=2026-03-02T08:00:02Z&to=2026-03-02T08:00:05Z")).ShouldBe([4, 3, 2]);

        JsonElement page = await _gateway.GetAsync("/v1/sightings?limit=3");
        List<int> paged = [];
        for (; ; page = await _gateway.GetAsync($"/v1/sightings?limit=3&after={page.GetProperty("next").GetString()}"))
        {
            paged.AddRange(Ids(page));
            if (page.GetProperty("next").ValueKind == JsonValueKind.Null)
            {
                break;
            }
        }

        paged.ShouldBe([7, 6, 5, 4, 3, 2, 1, 0]);

        JsonElement ben = await _gateway.GetAsync($"/v1/sightings/{Visits.Id(5)}");
        ben.GetRawText().ShouldBe(
            """{"id":"00000000000000000000000000000005","revision":2,"camera":"gate","status":"ended","firstSeen":"2026-03-02T08:00:05+00:00","lastSeen":"2026-03-02T08:00:06+00:00","gallery":"people","person":"ben","distance":0.6,"threshold":1,"margin":0.4,"confidence":0.8,"frames":3,"hasPicture":true}""");
        using HttpResponseMessage picture = await _gateway.Client.GetAsync($"/v1/sightings/{Visits.Id(5)}/picture", Cancel);
        picture.Content.Headers.ContentType!.MediaType.ShouldBe("image/jpeg");
        (await picture.Content.ReadAsByteArrayAsync(Cancel)).ShouldBe([0xFF, 0xD8, 1, 2]);

        (await _gateway.SendAsync(HttpMethod.Delete, $"/v1/sightings/{Visits.Id(5)}", null)).Status.ShouldBe(204);
        (await _gateway.SendAsync(HttpMethod.Delete, $"/v1/sightings/{Visits.Id(5)}", null)).Status.ShouldBe(204);
        await ShouldBeAsync(404, "sighting-not-found", $"/v1/sightings/{Visits.Id(5)}");
        await ShouldBeAsync(404, "sighting-not-found", $"/v1/sightings/{Visits.Id(5)}/picture");
        await ShouldBeAsync(404, "sighting-not-found", $"/v1/sightings/{Visits.Id(6)}/picture");
        await ShouldBeAsync(404, "sighting-not-found", "/v1/sightings/none");
    }

    [Theory]
    [InlineData("person=ada")]
    [InlineData("gallery=people&person=ada&visitor=ben")]
    [InlineData("gallery=people&person=ada&unknown=true")]
    [InlineData("status=gone")]
    [InlineData("unknown=maybe")]
    [InlineData("from=yesterday")]
    [InlineData("camera=A")]
    [InlineData("limit=0")]
    [InlineData("after=x")]
    [InlineData("after=5-%00")]
    public async Task Bad_filters_are_refused(string query) =>
        await ShouldBeAsync(400, query == "camera=A" ? "invalid-camera" : "invalid-parameter", "/v1/sightings?" + query);

    [Fact]
    public async Task Deleted_means_gone_for_sightings_too()
    {
        await Log.RecordAsync(Visits.Of("ada", 1), [1], Cancel);
        await Log.RecordAsync(Visits.Of("ben", 2), null, Cancel);
        await Log.RecordAsync(Visits.Unknown(3), null, Cancel);
        await Log.RecordAsync(Visits.Of("ada", 3, revision: 2), null, Cancel);
        (await _gateway.SendAsync(HttpMethod.Delete, "/v1/galleries/people/people/ada", null)).Status.ShouldBe(204);
        (await IdsAsync("/v1/sightings")).ShouldBe([2]);

        // The camera does not know yet.
        await Log.RecordAsync(Visits.Of("ada", 1, revision: 2).Ended(), [1], Cancel);
        await Log.RecordAsync(Visits.Of("ada", 4), [1], Cancel);
        (await IdsAsync("/v1/sightings")).ShouldBe([2]);
        using (EventListener listener = new(_gateway.Client, "/v1/events?after=0"))
        {
            await listener.ConnectAsync(Cancel);
            (await listener.NextAsync(Cancel)).Data.GetProperty("person").GetString().ShouldBe("ben");
        }

        (await _gateway.SendAsync(HttpMethod.Delete, "/v1/galleries/people", null)).Status.ShouldBe(204);
        (await IdsAsync("/v1/sightings")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Somebody_who_was_merged_takes_their_sightings_along_when_they_are_deleted()
    {
        await Log.RecordAsync(Visits.Of("ada", 1), null, Cancel);
        (await _gateway.PostAsync("/v1/galleries/people/people/ben/merge/ada", null)).Status.ShouldBeInRange(200, 204);
        (await IdsAsync("/v1/sightings")).ShouldBe([1]);
        (await _gateway.SendAsync(HttpMethod.Delete, "/v1/galleries/people/people/ben", null)).Status.ShouldBe(204);
        (await IdsAsync("/v1/sightings")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Somebody_new_under_the_id_of_one_who_was_merged_keeps_their_sightings()
    {
        await Log.RecordAsync(Visits.Of("ada", 1), null, Cancel);
        (await _gateway.PostAsync("/v1/galleries/people/people/ben/merge/ada", null)).Status.ShouldBeInRange(200, 204);
        // As often as one likes.
        (await _gateway.PostAsync("/v1/galleries/people/people/ben/merge/ada", null)).Status.ShouldBeInRange(200, 204);
        await Log.RecordAsync(Visits.Of("ben", 2), null, Cancel);
        await _grid.EnrolAsync("ada", GridCluster.Unit(GridCluster.RandomUnit(new Random(3))));
        await Log.RecordAsync(Visits.Of("ada", 3), null, Cancel);
        (await _gateway.SendAsync(HttpMethod.Delete, "/v1/galleries/people/people/ben", null)).Status.ShouldBe(204);
        (await IdsAsync("/v1/sightings")).ShouldBe([3]);
        (await _gateway.SendAsync(HttpMethod.Delete, "/v1/galleries/people/people/ada", null)).Status.ShouldBe(204);
        (await IdsAsync("/v1/sightings")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_listener_hears_what_passes_its_filter_and_of_each_change()
    {
        await Log.RecordAsync(Visits.Of("ben", 1), null, Cancel);
        using EventListener all = new(_gateway.Client, "/v1/events"), ada = new(_gateway.Client, "/v1/events?gallery=people&person=ada");
        await all.ConnectAsync(Cancel);
        await ada.ConnectAsync(Cancel);
        (await all.HereAsync(Cancel)).ShouldBe("1");
        await ada.HereAsync(Cancel);

        await Log.RecordAsync(Visits.Unknown(2), null, Cancel);
        await Log.RecordAsync(Visits.Of("ada", 2, revision: 2), null, Cancel);
        await Log.RecordAsync(Visits.Of("ada", 2, revision: 2), null, Cancel);
        await Log.RecordAsync(Visits.Of("ada", 2, revision: 2).Ended(), null, Cancel);

        List<(string, long, string?)> heard = [];
        for (int i = 0; i < 3; i++)
        {
            (string type, long id, JsonElement data) = await all.NextAsync(Cancel);
            heard.Add((type, id, data.TryGetProperty("person", out JsonElement person) ? person.GetString() : null));
        }

        heard.ShouldBe([("begun", 2, null), ("changed", 3, "ada"), ("ended", 4, "ada")]);
        (await ada.NextAsync(Cancel)).Type.ShouldBe("changed");
        (await ada.NextAsync(Cancel)).Type.ShouldBe("ended");
    }

    [Fact]
    public async Task A_listener_that_is_cut_off_again_and_again_misses_nothing_and_hears_nothing_twice()
    {
        const int Count = 300;
        await using GatewayHost other = await GatewayHost.StartAsync(_grid.Grains);
        var random = new Random(7);
        Task writing = Task.Run(async () =>
        {
            for (int i = 1; i <= Count; i++)
            {
                await Log.RecordAsync(Visits.Unknown(i), null, Cancel);
            }
        });
        List<long> heard = [];
        string? last = "0";
        while (heard.Count < Count)
        {
            using EventListener listener = new((heard.Count % 2 == 0 ? _gateway : other).Client, $"/v1/events?after={last}");
            await listener.ConnectAsync(Cancel);
            for (int left = random.Next(1, 40); left > 0 && heard.Count < Count; left--)
            {
                heard.Add((await listener.NextAsync(Cancel)).Id);
            }

            last = listener.LastId;
        }

        await writing;
        heard.ShouldBe(Enumerable.Range(1, Count).Select(i => (long)i));
    }

    [Fact]
    public async Task Who_comes_back_too_late_or_from_another_order_is_told_so()
    {
        for (int i = 1; i <= 3; i++)
        {
            await Log.RecordAsync(Visits.Unknown(i), null, Cancel);
        }

        await _grid.Database.Sightings.SweepAsync(SightingConverter.Microseconds(DateTimeOffset.UtcNow.AddMinutes(1)), Cancel);
        await Log.RecordAsync(Visits.Unknown(4), null, Cancel);
        await ShouldHearAsync("/v1/events?after=1", ("gap", 3), ("begun", 4));
        await ShouldHearAsync("/v1/events?after=3", ("begun", 4));
        await ShouldHearAsync("/v1/events?after=0", ("begun", 4));
        await ShouldHearAsync("/v1/events?after=17", ("gap", 4));
        await ShouldBeAsync(400, "invalid-parameter", "/v1/events?after=-1");
        await ShouldBeAsync(400, "invalid-parameter", "/v1/events?status=gone");
    }

    [Fact]
    public async Task Listeners_have_a_limit_and_their_places_become_free_again()
    {
        await using GatewayHost small = await GatewayHost.StartAsync(_grid.Grains, ("Gateway:ListenersMax", "3"));
        EventListener[] three = [.. Enumerable.Range(0, 3).Select(_ => new EventListener(small.Client, "/v1/events"))];
        foreach (EventListener listener in three)
        {
            await listener.ConnectAsync(Cancel);
            await listener.HereAsync(Cancel);
        }

        using EventListener fourth = new(small.Client, "/v1/events");
        await fourth.ConnectAsync(Cancel);
        fourth.Status.ShouldBe(HttpStatusCode.TooManyRequests);
        three[0].Dispose();
        await Eventually.AssertAsync(async () =>
        {
            await fourth.ConnectAsync(Cancel);
            fourth.Status.ShouldBe(HttpStatusCode.OK);
        });
        Array.ForEach(three, listener => listener.Dispose());
    }

    [Fact]
    public async Task Old_sightings_are_swept_when_their_time_has_come()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using GridCluster grid = await GridCluster.StartAsync(
            Path.Combine(_directory.Path, "swept"),
            services: services => services.Configure<SightingOptions>(options => options.RetentionDays = 2));
        // Its camera's clock stands years off; what counts is when it was written.
        await grid.Service<ISightingLog>().RecordAsync(Visits.Unknown(1), [1], Cancel);
        SightingSweeper sweeper = ActivatorUtilities.CreateInstance<SightingSweeper>(grid.Service<IServiceProvider>(), clock);
        (await sweeper.SweepAsync(Cancel)).ShouldBe(0);
        clock.Advance(TimeSpan.FromDays(1.9));
        (await sweeper.SweepAsync(Cancel)).ShouldBe(0);
        clock.Advance(TimeSpan.FromDays(0.2));
        (await sweeper.SweepAsync(Cancel)).ShouldBe(2);
        (await grid.Service<ISightingLog>().PresentAsync("door", Cancel)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_clock_that_jumps_ahead_erases_hours_of_sightings_and_not_all_of_them()
    {
        var clock = new JumpingClock();
        await using GridCluster grid = await GridCluster.StartAsync(
            Path.Combine(_directory.Path, "jumped"),
            services: services => services.Configure<SightingOptions>(options => options.RetentionDays = 2));
        await grid.Service<ISightingLog>().RecordAsync(Visits.Unknown(1), [1], Cancel);
        SightingSweeper sweeper = ActivatorUtilities.CreateInstance<SightingSweeper>(grid.Service<IServiceProvider>(), clock);
        (await sweeper.SweepAsync(Cancel)).ShouldBe(0);
        clock.Ahead = TimeSpan.FromDays(365);
        (await sweeper.SweepAsync(Cancel)).ShouldBe(0);
        // Time in which somebody may see to the clock; another silo, or this one after a restart, is not hastier.
        clock.Passed = TimeSpan.FromHours(7);
        (await sweeper.SweepAsync(Cancel)).ShouldBe(0);
        (await ActivatorUtilities.CreateInstance<SightingSweeper>(grid.Service<IServiceProvider>(), clock).SweepAsync(Cancel)).ShouldBe(0);
        clock.Ahead = clock.Passed;
        (await sweeper.SweepAsync(Cancel)).ShouldBe(0);
        (clock.Ahead, clock.Passed) = (TimeSpan.FromDays(1.9), TimeSpan.FromDays(1.9));
        (await sweeper.SweepAsync(Cancel)).ShouldBe(0, "the clock is right again, and so is retention");

        // A grid that stood still catches up.
        clock.Ahead = TimeSpan.FromDays(30);
        clock.Passed += TimeSpan.FromHours(1);
        (await sweeper.SweepAsync(Cancel)).ShouldBe(2);
    }

    /// <summary>A clock that may be set, and time that passes whatever it says.</summary>
    private sealed class JumpingClock : TimeProvider
    {
        public TimeSpan Ahead { get; set; }

        public TimeSpan Passed { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Ahead;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Passed.Ticks;
    }

    private async Task ShouldHearAsync(string path, params (string Type, long Id)[] expected)
    {
        using EventListener listener = new(_gateway.Client, path);
        await listener.ConnectAsync(Cancel);
        foreach ((string type, long id) in expected)
        {
            (string Type, long Id, JsonElement) heard = await listener.NextAsync(Cancel);
            (heard.Type, heard.Id).ShouldBe((type, id), path);
        }
    }

    private async Task<int[]> IdsAsync(string path) => Ids(await _gateway.GetAsync(path));

    private static int[] Ids(JsonElement page) =>
        [.. page.GetProperty("sightings").EnumerateArray().Select(sighting => Convert.ToInt32(sighting.GetProperty("id").GetString(), 16))];

    private async Task ShouldBeAsync(int status, string code, string path)
    {
        (int answered, JsonElement body) = await _gateway.SendAsync(HttpMethod.Get, path, null);
        answered.ShouldBe(status, body.GetRawText());
        body.GetProperty("code").GetString().ShouldBe(code);
    }
}
