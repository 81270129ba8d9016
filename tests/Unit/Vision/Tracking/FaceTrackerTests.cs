using FaceGrid.Vision;
using FaceGrid.Vision.Tracking;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Vision.Tracking;

/// <summary>Goal: one face, one track, whatever it does. Method: made-up people on made-up paths, with embeddings that differ a little from shot to shot, at five frames a second.</summary>
public sealed class FaceTrackerTests
{
    private const float Side = 80;
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(0.2);
    private readonly FaceTracker _tracker = new(new TrackingOptions(SameDistance: 0.9f, OtherDistance: 1.15f, LostFor: TimeSpan.FromSeconds(30)));
    private readonly Random _random = new(8);
    private TimeSpan _now;

    [Fact]
    public void Follow_PeopleStandAndWalk_KeepTheirTracks()
    {
        int[][] ids = [.. Enumerable.Range(0, 40).Select(frame => Ids(At(100, 100), At(300 + (12 * frame), 120), At(900 - (10 * frame), 300 + (5 * frame))))];
        ids.ShouldAllBe(frame => frame.SequenceEqual(ids[0]));
        ids[0].ShouldBeUnique();
    }

    [Fact]
    public void Follow_WalkerIsHiddenForASecond_GoesOnWhereExpected()
    {
        int[] before = [.. Enumerable.Range(0, 10).Select(frame => Ids(At(100 + (20 * frame), 100))[0]).Distinct()];
        for (int hidden = 10; hidden < 15; hidden++)
        {
            Look();
        }

        Ids(At(100 + (20 * 15), 100)).ShouldBe(before);
        before.ShouldHaveSingleItem();
    }

    [Fact]
    public void Recognise_TwoCrossAndOneIsHidden_EachKeepsTheirOwn()
    {
        float[] left = Person(), right = Person();
        int[] begin = Ids((At(100, 100), left), (At(900, 110), right));
        int[] last = begin;
        for (int frame = 1; frame <= 40; frame++)
        {
            (FaceBox, float[])? from = (At(100 + (20 * frame), 100), left);
            (FaceBox, float[])? to = Math.Abs(frame - 20) <= 3 ? null : (At(900 - (20 * frame), 110), right);
            last = Ids([.. new[] { from, to }.OfType<(FaceBox, float[])>()]);
        }

        last.ShouldBe(begin);
    }

    [Fact]
    public void Recognise_FirstShotOfWhoComesBackIsPoor_TheNextFindsTheTrack()
    {
        float[] ada = Person(), other = Person(), poor = Unit([.. ada.Select((value, index) => value + other[index])]);
        int id = 0;
        for (int frame = 0; frame < 5; frame++)
        {
            id = Ids((At(100, 100), ada))[0];
        }

        Pause(TimeSpan.FromSeconds(10));
        Ids((At(900, 400), poor))[0].ShouldNotBe(id);
        Ids((At(900, 400), ada)).ShouldBe([id]);

        Pause(TimeSpan.FromSeconds(10));
        FaceTrack settled = Look((At(300, 400), poor))[0];
        settled.Settle();
        Ids((At(300, 400), ada)).ShouldBe([settled.Id]); // Who relies on it by now keeps it.
    }

    [Fact]
    public void Recognise_ComesBackElsewhereLater_IsTheSameTrackByLooks()
    {
        float[] ada = Person();
        int id = Ids((At(100, 100), ada))[0];
        Pause(TimeSpan.FromSeconds(10));
        Ids((At(900, 400), ada)).ShouldBe([id]);
        _tracker.Tracks.Count.ShouldBe(1);
        Pause(TimeSpan.FromSeconds(31));
        Ids((At(900, 400), ada)).ShouldNotBe([id]);
    }

    [Fact]
    public void Recognise_SomebodyElseStandsThere_IsAnotherTrack()
    {
        float[] ada = Person(), bob = Person();
        int id = Ids((At(100, 100), ada))[0];
        int other = Ids((At(100, 100), bob))[0];
        other.ShouldNotBe(id);
        Ids((At(105, 100), bob), (At(400, 100), ada)).ShouldBe([other, id]); // The first one, who was pushed aside, comes back.
    }

    [Fact]
    public void Recognise_TwoChangePlacesBetweenFrames_KeepTheirTracks()
    {
        float[] ada = Person(), bob = Person();
        int[] ids = Ids((At(100, 100), ada), (At(200, 100), bob));
        Ids((At(200, 100), ada), (At(100, 100), bob)).ShouldBe(ids);
    }

    [Fact]
    public void Follow_FaceJumps_IsNotSureBeforeItsLooksAreSeen()
    {
        float[] ada = Person();
        FaceTrack track = Look((At(100, 100), ada))[0];
        Look((At(165, 100), null))[0].ShouldBe(track); // Three quarters of a face further, nobody knows who.
        track.IsSure.ShouldBeFalse();
        Look((At(165, 100), ada))[0].ShouldBe(track);
        track.IsSure.ShouldBeTrue();
        _tracker.Doubt();
        Look((At(165, 100), null))[0].IsSure.ShouldBeFalse();
        Look((At(165, 100), ada))[0].ShouldBe(track);
        track.IsSure.ShouldBeTrue();
    }

    [Fact]
    public void Follow_AnyCrowd_GivesEachFaceATrackOfItsOwnAndForgetsTheLongestLost()
    {
        float[][] people = [.. Enumerable.Range(0, 40).Select(_ => Person())];
        for (int frame = 0; frame < 60; frame++)
        {
            (FaceBox, float[]?)[] faces = [.. people.Where(_ => _random.NextDouble() < 0.5).Select(look => (At(_random.Next(2_000), _random.Next(1_000)), _random.NextDouble() < 0.5 ? look : null))];
            Look(faces).ShouldBeUnique();
            _tracker.Tracks.Count.ShouldBeLessThanOrEqualTo(TrackingOptions.TracksMax);
        }

        Look([.. Enumerable.Range(0, TrackingOptions.TracksMax).Select(face => (At(100 * (face % 20), 100 * (face / 20)), (float[]?)null))]).ShouldBeUnique();
        _tracker.Tracks.Count.ShouldBe(TrackingOptions.TracksMax);
    }

    [Fact]
    public void Follow_TimeStandsStill_FollowsAllTheSame()
    {
        FaceTrack track = _tracker.Follow(TimeSpan.Zero, [At(100, 100)])[0];
        _tracker.Follow(TimeSpan.Zero, [At(110, 100)]).ShouldBe([track]);
        _tracker.Follow(TimeSpan.Zero, [At(120, 100)]).ShouldBe([track]);
    }

    private static FaceBox At(float x, float y) => new(x, y, Side, Side);

    private int[] Ids(params FaceBox[] boxes) => [.. Look([.. boxes.Select(box => (box, (float[]?)null))]).Select(track => track.Id)];

    private int[] Ids(params (FaceBox Box, float[] Person)[] faces) => [.. Look([.. faces.Select(face => (face.Box, (float[]?)face.Person))]).Select(track => track.Id)];

    /// <summary>One frame: as a camera does it.</summary>
    private FaceTrack[] Look(params (FaceBox Box, float[]? Person)[] faces)
    {
        _now += Step;
        FaceBox[] boxes = [.. faces.Select(face => face.Box)];
        float[]?[] looks = [.. faces.Select(face => face.Person is null ? null : Shot(face.Person))];
        FaceTrack[] tracks = _tracker.Follow(_now, boxes);
        _tracker.Recognise(tracks, boxes, looks);
        for (int face = 0; face < tracks.Length; face++)
        {
            if (looks[face] is { } look)
            {
                tracks[face].Remember(look, (float)_random.NextDouble());
            }
        }

        return tracks;
    }

    private void Pause(TimeSpan time)
    {
        _now += time;
        Look();
    }

    // In 128 dimensions strangers are 1.41 apart, give or take 0.1; a shot is 0.6 from the person, and two shots 0.8 from each other.
    private float[] Person() => Unit([.. Enumerable.Range(0, 128).Select(_ => Normal())]);

    private float[] Shot(float[] person) => Unit([.. person.Select(value => value + (0.6f / MathF.Sqrt(128) * Normal()))]);

    private float Normal() => (float)(Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble()));

    private static float[] Unit(float[] vector)
    {
        float norm = MathF.Sqrt(vector.Sum(value => value * value));
        return Array.ConvertAll(vector, value => value / norm);
    }
}
