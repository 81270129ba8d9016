using FaceGrid.Tests.Support;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Cameras;

/// <summary>Goal: cameras as resources, and on their bad days. Method: a grid in this process, frames that are sent, some of them none.</summary>
public sealed class CameraTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Settings_are_kept_and_listed_and_credentials_are_never_shown()
    {
        await using CameraHouse house = await CameraHouse.StartAsync();
        (CameraInfo made, bool created) = await house.Camera("door").PutAsync(new CameraChange { Name = "Front door", FramesPerSecond = 2 }, Cancelled);
        (created, made.Settings.Name, made.Settings.Galleries.Single(), made.Status!.Running).ShouldBe((true, "Front door", "default", true));
        (_, created) = await house.Camera("door").PutAsync(new CameraChange { Enabled = false }, Cancelled);
        created.ShouldBeFalse();
        CameraInfo off = (await house.Camera("door").GetAsync())!;
        (off.Settings.Name, off.Settings.FramesPerSecond, off.Status!.Running).ShouldBe(("Front door", 2, false));
        (await Should.ThrowAsync<FaceGridException>(house.Camera("door").PushAsync(new PushedFrame([1], null, false), Cancelled))).Code.ShouldBe(ErrorCodes.InvalidCamera);

        await house.PutAsync("yard");
        CameraPage page = await house.Grid.Grains.GetGrain<ICameraReaderGrain>(0).ListAsync(null, 1, Cancelled);
        (page.Cameras.Single().Id, page.Next).ShouldBe(("door", "door"));
        page = await house.Grid.Grains.GetGrain<ICameraReaderGrain>(0).ListAsync(page.Next, 10, Cancelled);
        (page.Cameras.Single().Id, page.Next).ShouldBe(("yard", null));

        (await house.Camera("door").DeleteAsync(Cancelled)).ShouldBeTrue();
        (await house.Camera("door").DeleteAsync(Cancelled)).ShouldBeFalse();
        (await house.Camera("door").GetAsync()).ShouldBeNull();
        (await Should.ThrowAsync<FaceGridException>(house.Camera("door").PushAsync(new PushedFrame([1], null, false), Cancelled))).Code.ShouldBe(ErrorCodes.CameraNotFound);
    }

    [Fact]
    public async Task A_camera_for_a_gallery_that_is_not_there_is_refused()
    {
        await using CameraHouse house = await CameraHouse.StartAsync();
        (await Should.ThrowAsync<FaceGridException>(house.PutAsync("door", new CameraChange { Galleries = ["nobody"] }))).Code.ShouldBe(ErrorCodes.GalleryNotFound);
        (await house.Camera("door").GetAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task What_is_no_picture_is_counted_and_the_next_frame_is_looked_at()
    {
        await using CameraHouse house = await CameraHouse.StartAsync();
        await house.PutAsync("door");
        byte[] frame = (await Clips.FramesAsync(Clips.Airliner, 1))[0];
        foreach ((byte[] bad, string code) in new[] { ("this is no picture"u8.ToArray(), ErrorCodes.NotAPicture), (frame[..(frame.Length / 2)], ErrorCodes.CorruptPicture), ([], ErrorCodes.EmptyBody) })
        {
            (await Should.ThrowAsync<FaceGridException>(house.Camera("door").PushAsync(new PushedFrame(bad, null, Wait: true), Cancelled))).Code.ShouldBe(code);
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
        SeenFace[] all = (await house.ShowAsync("all", [frame]))[0].Tracks, left = (await house.ShowAsync("left", [frame]))[0].Tracks, large = (await house.ShowAsync("large", [frame]))[0].Tracks;
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
    public async Task While_the_log_is_away_the_camera_goes_on_and_every_visit_is_told_once_in_the_end()
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
        await house.ToldAsync("door");
        house.Log.Visits.Select(visit => visit.Id).ShouldBe(last.Tracks.Where(face => face.Visit is not null).Select(face => face.Visit!), ignoreOrder: true);
        house.Log.Accepted.Select(told => told.Sighting.Id).ShouldBeUnique();
        (await house.Camera("door").GetAsync())!.Status!.Lost.ShouldBe(0);
    }

    [Fact]
    public async Task A_camera_more_than_there_is_room_for_is_refused_and_one_that_is_off_takes_none()
    {
        await using CameraHouse house = await CameraHouse.StartAsync(options => options.CamerasMax = 2);
        await house.PutAsync("one");
        await house.PutAsync("two");
        FaceGridException refused = await Should.ThrowAsync<FaceGridException>(house.PutAsync("three"));
        refused.Code.ShouldBe(ErrorCodes.TooManyCameras);
        refused.Message.ShouldContain("CamerasMax");
        await house.PutAsync("three", new CameraChange { Enabled = false });
        (await Should.ThrowAsync<FaceGridException>(house.PutAsync("three", new CameraChange { Enabled = true }))).Code.ShouldBe(ErrorCodes.TooManyCameras);
        await house.PutAsync("two", new CameraChange { Enabled = false });
        await house.PutAsync("three", new CameraChange { Enabled = true });
        (await house.Camera("three").GetAsync())!.Status!.Running.ShouldBeTrue();
    }
}
