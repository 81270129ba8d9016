using System.Collections.Concurrent;
using FaceGrid.Abstractions.Cameras;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.People;
using FaceGrid.Abstractions.Sightings;
using FaceGrid.Cameras.State;
using FaceGrid.Storage;
using FaceGrid.Tests.Support;
using Orleans.Serialization;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Cameras;

/// <summary>
/// Goal: cameras as resources, and on their bad days. Method: a grid in this process, frames that are sent, some of them none.
/// </summary>
public sealed class CameraTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Settings_are_kept_and_listed_and_credentials_are_never_shown()
    {
        await using CameraHouse house = await CameraHouse.StartAsync();
        (CameraInfo made, bool created) = await house.Camera("door")
            .PutAsync(new CameraChange { Name = "Front door", FramesPerSecond = 2 }, Cancelled);
        (created, made.Settings.Name, made.Settings.Galleries.Single(), made.Status!.Running)
            .ShouldBe((true, "Front door", "default", true));
        (_, created) = await house.Camera("door").PutAsync(new CameraChange { Enabled = false }, Cancelled);
        created.ShouldBeFalse();
        CameraInfo off = (await house.Camera("door").GetAsync())!;
        (off.Settings.Name, off.Settings.FramesPerSecond, off.Status!.Running).ShouldBe(("Front door", 2, false));
        (await Should.ThrowAsync<FaceGridException>(
            house.Camera("door").PushAsync(new PushedFrame([1], null, false), Cancelled))).Code.ShouldBe(ErrorCodes.InvalidCamera);

        await house.PutAsync("yard");
        CameraPage page = await house.Grid.Grains.GetGrain<ICameraReaderGrain>(0).ListAsync(null, 1, Cancelled);
        (page.Cameras.Single().Id, page.Next).ShouldBe(("door", "door"));
        page = await house.Grid.Grains.GetGrain<ICameraReaderGrain>(0).ListAsync(page.Next, 10, Cancelled);
        (page.Cameras.Single().Id, page.Next).ShouldBe(("yard", null));

        (await house.Camera("door").DeleteAsync(Cancelled)).ShouldBeTrue();
        (await house.Camera("door").DeleteAsync(Cancelled)).ShouldBeFalse();
        (await house.Camera("door").GetAsync()).ShouldBeNull();
        (await Should.ThrowAsync<FaceGridException>(
            house.Camera("door").PushAsync(new PushedFrame([1], null, false), Cancelled))).Code.ShouldBe(ErrorCodes.CameraNotFound);
    }

    [Fact]
    public async Task A_camera_for_a_gallery_that_is_not_there_is_refused()
    {
        await using CameraHouse house = await CameraHouse.StartAsync();
        (await Should.ThrowAsync<FaceGridException>(house.PutAsync("door", new CameraChange { Galleries = ["nobody"] }))).Code.ShouldBe(
            ErrorCodes.GalleryNotFound);
        (await house.Camera("door").GetAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task What_is_no_picture_is_counted_and_the_next_frame_is_looked_at()
    {
        await using CameraHouse house = await CameraHouse.StartAsync();
        await house.PutAsync("door");
        byte[] frame = (await Clips.FramesAsync(Clips.Airliner, 1))[0];
        foreach (
            (byte[] bad, string code) in new[] { ("this is no picture"u8.ToArray(), ErrorCodes.NotAPicture),
            (frame[..(frame.Length / 2)], ErrorCodes.CorruptPicture), ([], ErrorCodes.EmptyBody) })
        {
            (await Should.ThrowAsync<FaceGridException>(
                house.Camera("door").PushAsync(new PushedFrame(bad, null, Wait: true), Cancelled))).Code.ShouldBe(code);
        }

        (await house.ShowAsync("door", [frame])).Single().Tracks.ShouldNotBeEmpty();
        CameraStatus status = (await house.Camera("door").GetAsync())!.Status!;
        (status.Unusable, status.Processed, status.Problem).ShouldBe((3, 1, null));
        (await house.Camera("door").FrameAsync())!.Picture.ShouldBe(frame);
    }

    [Fact]
    public async Task Faces_outside_the_zones_and_smaller_than_wanted_do_not_count()
    {
        await using CameraHouse house = await CameraHouse.StartAsync();
        byte[] frame = (await Clips.FramesAsync(Clips.Airliner, 1))[0];
        await house.PutAsync("all");
        await house.PutAsync("left", new CameraChange { Zones = [new([0, 0, 0.5f, 0, 0.5f, 1, 0, 1])] });
        await house.PutAsync("large", new CameraChange { FaceSizeMin = 45 });
        SeenFace[] all = (await house.ShowAsync("all", [frame]))[0].Tracks, left = (await house.ShowAsync("left", [frame]))[0].Tracks,
            large = (await house.ShowAsync("large", [frame]))[0].Tracks;
        left.Length.ShouldBe(all.Count(face => face.X + (face.Width / 2) < 640));
        left.Length.ShouldBeInRange(1, all.Length - 1);
        large.Length.ShouldBeInRange(1, all.Length - 1);
        large.Min(face => face.Width).ShouldBeGreaterThan(all.Min(face => face.Width));
    }

    [Fact]
    public async Task A_crowd_is_seen_whole_and_embedded_within_its_budget()
    {
        await using CameraHouse house = await CameraHouse.StartAsync();
        byte[] crowd = await File.ReadAllBytesAsync(Path.Combine(TestData.Pictures, "group", "selfie.jpg"), Cancelled);
        await house.EnrolCrowdAsync(others: 20);
        await house.PutAsync("square", new CameraChange { FaceSizeMin = 8, WidthMax = 1_920 });
        CameraView[] views = await house.ShowAsync("square", Enumerable.Repeat(crowd, 12));
        views[0].Tracks.Length.ShouldBeInRange(150, 256);
        views[^1].Tracks.Select(face => face.Track).ShouldBe(views[0].Tracks.Select(face => face.Track), ignoreOrder: true);
        views[^1].Tracks.Where(face => face.Person is not null).Select(face => face.Person).ShouldBeUnique();
        CameraStatus status = (await house.Camera("square").GetAsync())!.Status!;
        TestContext.Current.TestOutputHelper?.WriteLine($"{views[0].Tracks.Length} faces, {status.Seconds}");
    }

    [Fact]
    public async Task The_newest_frame_wins_and_what_is_not_looked_at_is_counted()
    {
        await using CameraHouse house = await CameraHouse.StartAsync();
        byte[][] frames = await Clips.FramesAsync(Clips.Airliner, 5);
        await house.PutAsync("door", new CameraChange { FramesPerSecond = 60 });
        for (int round = 0; round < 4; round++)
        {
            foreach (byte[] frame in frames)
            {
                await house.Camera("door").PushAsync(new PushedFrame(frame, null, Wait: false), Cancelled);
            }
        }

        await Eventually.AssertAsync(async () =>
        {
            CameraStatus status = (await house.Camera("door").GetAsync())!.Status!;
            (status.Processed + status.Dropped).ShouldBe(4 * frames.Length);
            status.Dropped.ShouldBeGreaterThan(0);
        });
        await house.Camera("door").PushAsync(new PushedFrame(frames[^1], null, Wait: true), Cancelled); // Looked at, due or not.
        (await house.Camera("door").FrameAsync())!.Picture.ShouldBe(frames[^1]);
    }

    [Fact]
    public async Task A_camera_that_is_deleted_in_mid_frame_is_gone_and_its_visits_have_ended()
    {
        await using CameraHouse house = await CameraHouse.StartAsync();
        byte[][] frames = await Clips.FramesAsync(Clips.Airliner, 5);
        await house.PutAsync("door");
        await house.ShowAsync("door", frames[..8]);
        Task<FrameReceipt> inWork = house.Camera("door").PushAsync(new PushedFrame(frames[8], null, Wait: true), Cancelled);
        (await house.Camera("door").DeleteAsync(Cancelled)).ShouldBeTrue();
        try
        {
            await inWork;
        }
        catch (FaceGridException gone)
        {
            gone.Code.ShouldBe(ErrorCodes.CameraNotFound); // It came after.
        }

        house.Log.Visits.ShouldNotBeEmpty();
        house.Log.Visits.ShouldAllBe(visit => visit.Status == SightingStatus.Ended);
        (await house.Camera("door").GetAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task While_the_log_is_away_the_camera_goes_on_and_every_visit_is_reported_once_in_the_end()
    {
        await using CameraHouse house = await CameraHouse.StartAsync();
        await house.EnrolCrowdAsync(others: 10);
        byte[][] frames = await Clips.FramesAsync(Clips.Airliner, 5);
        await house.PutAsync("door");
        await house.ShowAsync("door", frames[..1]); // It has asked the log which visits are open.
        house.Log.IsAway = true;
        CameraView last = (await house.ShowAsync("door", frames))[^1];
        await Eventually.AssertAsync(() =>
        {
            house.Log.Refused.ShouldBeGreaterThan(0);
            return Task.CompletedTask;
        });
        (await house.Camera("door").GetAsync())!.Status!.Waiting.ShouldBeGreaterThan(0);
        house.Log.Accepted.ShouldBeEmpty();
        house.Log.IsAway = false;
        await house.PublishedAsync("door");
        house.Log.Visits.Select(visit => visit.Id)
            .ShouldBe(last.Tracks.Where(face => face.Visit is not null).Select(face => face.Visit!), ignoreOrder: true);
        house.Log.Accepted.Select(told => told.Sighting.Id).ShouldBeUnique();
        (await house.Camera("door").GetAsync())!.Status!.Lost.ShouldBe(0);
    }

    /// <summary>It used to end what takes frames, for ever and unseen.</summary>
    [Fact]
    public async Task A_mistake_while_the_open_visits_are_read_is_reported_and_passes()
    {
        await using CameraHouse house = await CameraHouse.StartAsync();
        byte[] frame = (await Clips.FramesAsync(Clips.Airliner, 1))[0];
        house.Log.Mistake = new InvalidOperationException("as the test wishes");
        await house.PutAsync("door");
        await Eventually.AssertAsync(
            async () => (await house.Camera("door").GetAsync())!.Status!.Problem.ShouldNotBeNull().ShouldContain("the log has it"));
        house.Log.Mistake = null;
        (await house.ShowAsync("door", [frame])).Single().Tracks.ShouldNotBeEmpty();
        (await house.Camera("door").GetAsync())!.Status!.Problem.ShouldBeNull();
    }

    /// <summary>
    /// A camera to which nobody sends anything any more would show for ever who was in front of it, also when they have long been erased.
    /// </summary>
    [Fact]
    public async Task What_was_seen_is_forgotten_when_no_frame_comes_for_the_gap_of_a_visit()
    {
        await using CameraHouse house = await CameraHouse.StartAsync();
        byte[] frame = (await Clips.FramesAsync(Clips.Airliner, 1))[0];
        await house.PutAsync("door", new CameraChange { VisitGap = TimeSpan.FromSeconds(1) });
        CameraView seen = (await house.ShowAsync("door", [frame])).Single();
        seen.Tracks.ShouldNotBeEmpty();
        await Eventually.AssertAsync(async () => (await house.Camera("door").FrameAsync()).ShouldBeNull());
        CameraView later = (await house.Camera("door").ViewAsync())!;
        (later.Tracks.Length, later.At).ShouldBe((0, seen.At));
    }

    /// <summary>
    /// Nobody comes any more, so no new votes outnumber the old ones; and when frames come again the track is still the same.
    /// </summary>
    [Fact]
    public async Task Who_is_deleted_is_named_by_no_view_any_more()
    {
        await using CameraHouse house = await CameraHouse.StartAsync();
        await house.EnrolCrowdAsync(others: 10);
        byte[][] frames = await Clips.FramesAsync(Clips.Airliner, 5);
        await house.PutAsync("door", new CameraChange { VisitGap = TimeSpan.FromMinutes(30) });
        CameraView[] seen = await house.ShowAsync("door", frames);
        int last = Array.FindLastIndex(seen, view => Array.Exists(view.Tracks, face => face.Person == CameraHouse.Aniston));
        last.ShouldBeGreaterThan(2);
        await house.ShowAsync("door", frames[..(last + 1)]);
        (await house.Camera("door").ViewAsync())!.Tracks.ShouldContain(face => face.Person == CameraHouse.Aniston);
        (await house.Grid.Grains.GetGrain<IPersonGrain>(PersonKey.Of(CameraHouse.Gallery, CameraHouse.Aniston).ToString())
            .DeleteAsync(null, Cancelled)).ShouldBeTrue();
        await Eventually.AssertAsync(async () =>
        {
            CameraView view = (await house.Camera("door").ViewAsync())!;
            view.Tracks.ShouldNotContain(face => face.Person == CameraHouse.Aniston);
            view.Tracks.ShouldNotBeEmpty();
            (await house.Camera("door").FrameAsync())!.View.Tracks.ShouldNotContain(face => face.Person == CameraHouse.Aniston);
        });
        (await house.ShowAsync("door", frames)).ShouldAllBe(view => !Array.Exists(view.Tracks, face => face.Person == CameraHouse.Aniston));
    }

    /// <summary>
    /// The answer to a write is lost: the row has a version that the camera does not know, and every later write would be a conflict.
    /// </summary>
    [Fact]
    public async Task What_is_remembered_of_open_visits_is_written_again_after_an_answer_was_lost()
    {
        await using CameraHouse house = await CameraHouse.StartAsync();
        byte[][] frames = await Clips.FramesAsync(Clips.Airliner, 5);
        await house.PutAsync("door");
        house.Grid.Writes.Unanswered = CameraStateNames.CameraVisits;
        await house.ShowAsync("door", frames[..8]);
        await Eventually.AssertAsync(() =>
        {
            house.Grid.Writes.Unanswered.ShouldBeNull();
            return Task.CompletedTask;
        });
        await house.ShowAsync("door", frames[8..9]);
        DateTimeOffset last = house.Now - TimeSpan.FromSeconds(0.2);
        await Eventually.AssertAsync(async () =>
        {
            GrainRow row = (await house.Grid.Rows.ReadAsync(CameraStateNames.CameraVisits, ICameraGrain.KeyOf("door"), Cancelled))!.Value;
            house.Grid.Service<Serializer<CameraVisitsState>>()
                .Deserialize(row.Payload)!.Visits.ShouldContain(visit => visit.LastSeen == last);
        });
    }

    [Fact]
    public async Task Cameras_that_do_not_exist_do_not_stay_in_memory()
    {
        await using CameraHouse house = await CameraHouse.StartAsync();
        (await house.Camera("no-view").ViewAsync()).ShouldBeNull();
        (await house.Camera("no-frame").FrameAsync()).ShouldBeNull();
        (await Should.ThrowAsync<FaceGridException>(
            house.Camera("no-push").PushAsync(new PushedFrame([1], null, Wait: false), Cancelled))).Code.ShouldBe(
            ErrorCodes.CameraNotFound);
        (await Should.ThrowAsync<FaceGridException>(
            house.PutAsync("no-gallery", new CameraChange { Galleries = ["nobody"] }))).Code.ShouldBe(ErrorCodes.GalleryNotFound);
        var management = house.Grid.Grains.GetGrain<IManagementGrain>(0);
        foreach (string camera in new[] { "no-view", "no-frame", "no-push", "no-gallery" })
        {
            await Eventually.AssertAsync(
                async () => (await management.GetActivationAddress((IAddressable)house.Camera(camera))).ShouldBeNull(camera));
        }
    }

    [Fact]
    public async Task Cameras_that_cannot_be_started_do_not_keep_the_others_from_it()
    {
        await using CameraHouse house = await CameraHouse.StartAsync();
        var called = new ConcurrentDictionary<string, bool>();
        house.Grid.Calls.Broken = call =>
        {
            string camera = call.TargetId.Key.ToString()!;
            return call.MethodName == nameof(ICameraGrain.RunAsync) && (called[camera] = camera.Contains("bad", StringComparison.Ordinal));
        };
        // More than are started at once come before the good one.
        string[] cameras = [.. Enumerable.Range(1, 8).Select(number => $"bad-{number}"), "good"];
        foreach (string camera in cameras)
        {
            await house.PutAsync(camera);
        }

        await Eventually.AssertAsync(() =>
        {
            called.Keys.ShouldContain(ICameraGrain.KeyOf("good"));
            return Task.CompletedTask;
        });
    }

    [Fact]
    public async Task A_camera_more_than_there_is_room_for_is_refused_and_one_that_is_off_takes_none()
    {
        await using CameraHouse house = await CameraHouse.StartAsync(camerasMax: 2);
        await house.PutAsync("one");
        await house.PutAsync("two");
        FaceGridException refused = await Should.ThrowAsync<FaceGridException>(house.PutAsync("three"));
        refused.Code.ShouldBe(ErrorCodes.TooManyCameras);
        refused.Message.ShouldContain("CamerasMax");
        await house.PutAsync("three", new CameraChange { Enabled = false });
        (await Should.ThrowAsync<FaceGridException>(house.PutAsync("three", new CameraChange { Enabled = true }))).Code.ShouldBe(
            ErrorCodes.TooManyCameras);
        await house.PutAsync("two", new CameraChange { Enabled = false });
        await house.PutAsync("three", new CameraChange { Enabled = true });
        (await house.Camera("three").GetAsync())!.Status!.Running.ShouldBeTrue();
    }
}
