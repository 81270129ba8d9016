using FaceGrid.Abstractions.Cameras;
using FaceGrid.Abstractions.Galleries;
using FaceGrid.Abstractions.Sightings;
using FaceGrid.Tests.Support;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Cameras;

/// <summary>
/// Goal: real faces in real frames, told once per visit and by the right name. Method: the clips at hand, shown to cameras that know a
/// hundred people and, in one clip, one of those who are in it.
/// </summary>
public sealed class ClipTests
{
    private const double FramesPerSecond = 5;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Everybody_in_sight_is_one_visit_and_the_one_who_is_known_is_named()
    {
        await using CameraHouse house = await CameraHouse.StartAsync();
        await house.EnrolCrowdAsync();
        await house.PutAsync("cabin", new CameraChange { KeepPicture = true });
        byte[][] frames = await Clips.FramesAsync(Clips.Airliner, FramesPerSecond);

        CameraView[] views = await house.ShowAsync("cabin", [.. frames, .. frames, .. frames]);

        CheckNobodyTwice(views);
        await house.PublishedAsync("cabin");
        Sighting named = house.Log.Visits.Single(visit => visit.Person is not null);
        (named.Person, named.Gallery, named.Status, named.Revision)
            .ShouldBe((CameraHouse.Aniston, CameraHouse.Gallery, SightingStatus.Present, 1));
        named.Distance!.Value.ShouldBeLessThan(named.Threshold!.Value);
        named.Margin!.Value.ShouldBeGreaterThan(0.1f);
        (named.LastSeen - named.FirstSeen).ShouldBeLessThan(TimeSpan.FromSeconds(1), "told as soon as it is decided");

        // Every face that was decided has one visit for as long as it is there: three showings of the same clip.
        foreach (
            IGrouping<string,
            SeenFace> visit in views.SelectMany(view => view.Tracks).Where(face => face.Visit is not null).GroupBy(face => face.Visit!))
        {
            visit.Select(face => (face.Decision, face.Person)).Distinct().Count().ShouldBe(1);
        }

        string[] atTheWindow = Visits(views, face => face.X is > 380 and < 460 && face.Width > 120);
        string[] herself = Visits(views, face => face.X is > 740 and < 905 && face.Width > 88);
        (atTheWindow.Length, herself.Length).ShouldBe((1, 1));
        herself.ShouldBe([named.Id]);
        Visits(views, face => face.Y > 380).ShouldBeEmpty("hands with a magazine, which the detector takes for a face now and then");

        house.Pass(TimeSpan.FromSeconds(31));
        await house.ShowAsync("cabin", frames[..5]);
        await house.PublishedAsync("cabin");
        Sighting[] hers = [.. house.Log.Visits.Where(visit => visit.Person == CameraHouse.Aniston)];
        hers.Select(visit => visit.Status).ShouldBe([SightingStatus.Ended, SightingStatus.Present]);
        hers[0].Frames.ShouldBeInRange(3 * frames.Length - 6, 3 * frames.Length);
        hers[0].LastSeen.ShouldBe(hers[0].FirstSeen + TimeSpan.FromSeconds(((3 * frames.Length) - 1) / FramesPerSecond));
        house.Log.Accepted.Last(told => told.Sighting.Id == hers[0].Id && told.Picture is not null).Picture!.Take(2)
            .ShouldBe(new byte[] { 0xFF, 0xD8 });
        house.Log.Accepted.GroupBy(told => (told.Sighting.Id, told.Sighting.Revision)).ShouldAllBe(told => told.Count() == 1);
    }

    [Fact]
    public async Task Nobody_who_is_not_enrolled_gets_a_name_and_a_cut_passes_none_on()
    {
        await using CameraHouse house = await CameraHouse.StartAsync();
        await house.EnrolCrowdAsync(others: 150);
        byte[][] frames = await Clips.FramesAsync(Clips.Concert, FramesPerSecond);
        await house.PutAsync("hall");
        CameraView[] strangers = await house.ShowAsync("hall", frames);
        CheckNobodyTwice(strangers);
        await house.PublishedAsync("hall");
        house.Log.Visits.ShouldNotBeEmpty();
        house.Log.Visits.ShouldAllBe(visit => visit.Person == null);

        // The singer, enrolled from one frame, is known in the others, and nobody in the audience is taken for him.
        await house.EnrolAsync("singer", frames[20]);
        await house.PutAsync("stage");
        CameraView[] views = await house.ShowAsync("stage", frames);
        await house.PublishedAsync("stage");
        CheckNobodyTwice(views);
        house.Log.Visits.Count(visit => visit.Camera == "stage" && visit.Person == "singer").ShouldBe(1);
        views[25..38].ShouldAllBe(view => view.Tracks.Any(face => face.Person == "singer"));
        views[39..].SelectMany(view => view.Tracks).ShouldAllBe(face => face.Person == null);
    }

    [Fact]
    public async Task Strangers_who_are_followed_are_known_again_later_and_at_another_camera()
    {
        await using CameraHouse house = await CameraHouse.StartAsync();
        await house.PutGalleryAsync("strangers");
        byte[][] frames = await Clips.FramesAsync(Clips.Airliner, FramesPerSecond);
        var follows = new CameraChange { Visitors = "strangers", FaceSizeMin = 40 };
        await house.PutAsync("first", follows);
        await house.PutAsync("second", follows);
        string[] Visitors(string camera) =>
            [.. house.Log.Visits.Where(visit => visit.Camera == camera && visit.Visitor is not null).Select(visit => visit.Visitor!)
            .Order(StringComparer.Ordinal)];

        await house.ShowAsync("first", frames);
        await house.PublishedAsync("first");
        string[] met = Visitors("first");
        met.ShouldNotBeEmpty();
        met.ShouldBeUnique();
        house.Log.Visits.Where(visit => visit.Visitor is not null)
            .ShouldAllBe(visit => visit.VisitorGallery == "strangers" && visit.Person == null);

        await house.ShowAsync("second", frames);
        await house.PublishedAsync("second");
        Visitors("second").ShouldBe(met);

        house.Pass(TimeSpan.FromMinutes(2));
        await house.ShowAsync("first", frames);
        await house.PublishedAsync("first");
        Visitors("first").GroupBy(visitor => visitor).ShouldAllBe(visits => visits.Count() == 2);
    }

    [Fact]
    public async Task Strangers_are_followed_through_a_migration_of_their_gallery_to_another_model_and_those_who_come_meanwhile_lack_nothing()
    {
        const string Strangers = "strangers";
        await using CameraHouse house = await CameraHouse.StartAsync(twoModels: true);
        await house.PutGalleryAsync(Strangers, crops: true);
        byte[][] airliner = await Clips.FramesAsync(Clips.Airliner, FramesPerSecond),
            concert = await Clips.FramesAsync(Clips.Concert, FramesPerSecond);
        await house.PutAsync("gate", new CameraChange { Visitors = Strangers, FaceSizeMin = 40 });
        IMigrationGrain migration = house.Grid.Grains.GetGrain<IMigrationGrain>(IGalleryGrain.KeyOf(Strangers));
        IGalleryGrain gallery = house.Grid.Grains.GetGrain<IGalleryGrain>(IGalleryGrain.KeyOf(Strangers));

        string[] before = await MeetAsync(airliner);
        before.ShouldNotBeEmpty();
        await migration.BeginAsync(new MigrationRequest(CameraHouse.Next, null, null), await TurnAsync(), Cancel);
        await ReadyAsync(); // Cut-outs were kept of those who came before it,
        string[] meanwhile = await MeetAsync(concert);
        meanwhile.ShouldNotBeEmpty();
        await ReadyAsync(); // and those who come now bring vectors of both models.
        (await house.Grid.Grains.GetGrain<IGalleryReaderGrain>(0).ListLackingAsync(Strangers, null, 100, Cancel)).People.ShouldBeEmpty();

        await Eventually.AssertAsync(async () => await migration.SwitchAsync(await TurnAsync(), leave: false, Cancel));
        (await gallery.GetAsync(Cancel))!.Contract!.Profile().ShouldBe(CameraHouse.Next);
        (await MeetAsync(airliner)).ShouldBe(before, ignoreOrder: true);
        (await MeetAsync(concert)).ShouldBe(meanwhile, ignoreOrder: true);
        (await gallery.GetAsync(Cancel))!.People.ShouldBe(before.Union(meanwhile).Count());

        async Task<string[]> MeetAsync(byte[][] frames)
        {
            house.Pass(TimeSpan.FromMinutes(2));
            int told = house.Log.Visits.Length;
            await house.ShowAsync("gate", frames);
            await house.PublishedAsync("gate");
            return [.. house.Log.Visits.Skip(told).Select(visit => visit.Visitor).OfType<string>().Distinct()];
        }

        async Task<int> TurnAsync() => (await gallery.GetMapAsync(Cancel))!.ContractRevision;

        Task ReadyAsync() => Eventually.AssertAsync(async () => (await migration.GetMigrationAsync())!.State.ShouldBe(MigrationState.Ready));
    }

    [Fact]
    public async Task Cameras_that_meet_strangers_at_the_same_moment_make_one_visitor_of_each()
    {
        await using CameraHouse house = await CameraHouse.StartAsync();
        await house.PutGalleryAsync("strangers");
        string[] cameras = ["first", "second", "third"];
        foreach (string camera in cameras)
        {
            await house.PutAsync(camera, new CameraChange { Visitors = "strangers", FaceSizeMin = 40 });
        }

        foreach (byte[] frame in await Clips.FramesAsync(Clips.Airliner, FramesPerSecond))
        {
            var taken = new PushedFrame(frame, house.Now, Wait: true);
            await Task.WhenAll(cameras.Select(camera => house.Camera(camera).PushAsync(taken, TestContext.Current.CancellationToken)));
            house.Pass(TimeSpan.FromSeconds(1 / FramesPerSecond));
        }

        foreach (string camera in cameras)
        {
            await house.PublishedAsync(camera);
        }

        ILookup<string,
            string> visitors = house.Log.Visits.Where(visit => visit.Visitor is not null)
            .ToLookup(visit => visit.Camera, visit => visit.Visitor!);
        visitors["first"].ShouldNotBeEmpty();
        visitors["first"].ShouldBeUnique();
        visitors["second"].ShouldBe(visitors["first"], ignoreOrder: true);
        visitors["third"].ShouldBe(visitors["first"], ignoreOrder: true);
    }

    [Fact]
    public async Task Where_a_live_face_is_required_a_picture_of_one_is_reported_as_a_stranger_and_named_to_nobody()
    {
        await using CameraHouse house = await CameraHouse.StartAsync(options => options.MapAge = TimeSpan.Zero);
        byte[] Read(string name) => File.ReadAllBytes(Path.Combine(TestData.Pictures, "liveness", name));
        byte[] live = Read("image_T1.jpg");
        await house.EnrolAsync("ada", live);
        await house.EnrolAsync("bob", Read("image_F1.jpg"));
        await house.PutGalleryAsync(CameraHouse.Gallery, new GalleryPad(null, PadPolicy.Require, null));
        await house.PutAsync("gate"); // It reports; its gallery requires, and that is stricter.

        (await house.ShowAsync("gate", Enumerable.Repeat(live, 5)))[^1].Tracks.ShouldHaveSingleItem().Person.ShouldBe("ada");
        house.Pass(TimeSpan.FromMinutes(1));
        SeenFace held = (await house.ShowAsync("gate", Enumerable.Repeat(Read("image_F1.jpg"), 6)))[^1].Tracks.ShouldHaveSingleItem();
        (held.Decision, held.Person).ShouldBe(("spoof", null));
        await house.PublishedAsync("gate");
        Sighting told = house.Log.Visits[^1];
        (told.Person, told.Distance, told.Liveness!.Decision).ShouldBe((null, null, "spoof"));
    }

    [Fact]
    public async Task Where_visitors_are_enrolled_only_live_a_picture_of_a_face_becomes_no_visitor()
    {
        await using CameraHouse house = await CameraHouse.StartAsync(options => options.MapAge = TimeSpan.Zero);
        byte[] Read(string name) => File.ReadAllBytes(Path.Combine(TestData.Pictures, "liveness", name));
        await house.PutGalleryAsync("guests", new GalleryPad(null, null, PadPolicy.Require));
        await house.PutAsync("gate", new CameraChange { Visitors = "guests" });

        (await house.ShowAsync("gate", Enumerable.Repeat(Read("image_F1.jpg"), 8)))[^1].Tracks.ShouldHaveSingleItem().Decision.ShouldBe(
            "spoof");
        await house.PublishedAsync("gate");
        await PeopleAsync(0);
        house.Pass(TimeSpan.FromMinutes(1));
        await house.ShowAsync("gate", Enumerable.Repeat(Read("image_T1.jpg"), 8));
        await house.PublishedAsync("gate");
        await PeopleAsync(1);

        async Task PeopleAsync(int expected) =>
            (await house.Grid.Grains.GetGrain<IGalleryReaderGrain>(0).ListPeopleAsync(
                "guests", null, 10, null, vectors: false, TestContext.Current.CancellationToken)).People.Length.ShouldBe(expected);
    }

    private static string[] Visits(CameraView[] views, Func<SeenFace, bool> where) =>
        [.. views.SelectMany(view => view.Tracks).Where(face => face.Visit is not null && where(face)).Select(face => face.Visit!)
            .Distinct()];

    private static void CheckNobodyTwice(CameraView[] views)
    {
        foreach (CameraView view in views)
        {
            view.Tracks.Where(face => face.Person is not null).Select(face => face.Person).ShouldBeUnique();
            view.Tracks.Where(face => face.Visit is not null).Select(face => face.Visit).ShouldBeUnique();
            view.Tracks.Select(face => face.Track).ShouldBeUnique();
        }
    }
}
