using FaceGrid.Cameras.Recognition;
using FaceGrid.Cameras.Visits;
using FaceGrid.Cameras.Watching;
using FaceGrid.Vision;
using FaceGrid.Vision.Tracking;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Cameras;

/// <summary>Goal: two faces of a frame are never the same person. Method: faces with votes as the test wants them.</summary>
public sealed class FrameVotesTests
{
    private static readonly Identity Ada = new(IdentityKind.Person, "default", "ada");
    private static readonly Identity Bob = new(IdentityKind.Person, "default", "bob");

    private readonly FaceTracker _tracker = new(new TrackingOptions(1, 1.2f, TimeSpan.FromSeconds(30)));

    [Fact]
    public void KeepApart_TwoFacesOfOnePerson_TheNearerOneStays()
    {
        Follower[] faces = Faces((Ada, 0.9f), (Ada, 0.6f), (Bob, 0.7f));
        FrameVotes.KeepApart(faces);
        faces.Select(face => face.Who).ShouldBe([Identity.Unknown, Ada, Bob]);
    }

    [Fact]
    public void KeepApart_EquallyNear_TheOlderTrackStays()
    {
        Follower[] faces = Faces((Ada, 0.6f), (Ada, 0.6f));
        FrameVotes.KeepApart(faces);
        faces.Select(face => face.Who).ShouldBe([Ada, Identity.Unknown]);
    }

    [Fact]
    public void KeepApart_UnknownFaces_AreNoRivals()
    {
        Follower[] faces = Faces((Identity.Unknown, 1.3f), (Identity.Unknown, 1.2f));
        FrameVotes.KeepApart(faces);
        faces.ShouldAllBe(face => face.Who == Identity.Unknown);
    }

    [Fact]
    public void ToEmbed_ChosenFaces_AreMarkedByTheirPlaceInTheFrame()
    {
        // Faces 1, 3 and 4 of five count; the first and the last of those are chosen.
        var choice = new FrameChoice([1, 3, 4], [], [], [0, 2]);
        choice.ToEmbed(5).ShouldBe([false, true, false, false, true]);
        FrameChoice.None.ToEmbed(2).ShouldBe([false, false]);
    }

    private Follower[] Faces(params (Identity Who, float Distance)[] faces)
    {
        FaceBox[] boxes = [.. faces.Select((_, index) => new FaceBox(100 + (300 * index), 100, 80, 80))];
        FaceTrack[] tracks = _tracker.Follow(TimeSpan.Zero, boxes);
        return [.. faces.Zip(tracks, static (face, track) =>
        {
            var follower = new Follower(track, DateTimeOffset.UnixEpoch);
            for (int shot = 0; shot < 8; shot++)
            {
                follower.Ballot.Add(new Vote(face.Who, 1, face.Distance, 1));
            }

            follower.Who.ShouldBe(face.Who);
            return follower;
        })];
    }
}
