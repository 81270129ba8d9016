using FaceGrid.Cameras.Recognition;
using FaceGrid.Cameras.Sources;
using FaceGrid.Cameras.Visits;
using FaceGrid.Cameras.Watching;
using FaceGrid.Vision;
using FaceGrid.Vision.Tracking;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Cameras;

/// <summary>Goal: nobody who is not enrolled any more is named by a view. Method: one face, shown, hidden and shown again.</summary>
public sealed class CameraScreenTests
{
    private static readonly Identity Ada = new(IdentityKind.Person, "default", "ada");
    private static readonly Frame Newest = new(new byte[] { 1, 2 }, DateTimeOffset.UnixEpoch);

    private readonly CameraScreen _screen = new("door");
    private readonly Follower _face;

    public CameraScreenTests()
    {
        var tracker = new FaceTracker(new TrackingOptions(1, 1.2f, TimeSpan.FromSeconds(30)));
        _face = new Follower(tracker.Follow(TimeSpan.Zero, [new FaceBox(10, 20, 80, 90)])[0], DateTimeOffset.UnixEpoch);
        for (int shot = 0; shot < 8; shot++)
        {
            _face.Ballot.Add(new Vote(Ada, 1, 0.5f, 1));
        }
    }

    [Fact]
    public void Show_AFrame_ShowsItsFaces()
    {
        _screen.View.Tracks.ShouldBeEmpty();
        _screen.Picture.ShouldBeNull();
        Show();
        (_screen.View.Width, _screen.View.Height, _screen.View.At).ShouldBe((640, 480, DateTimeOffset.UnixEpoch));
        _screen.View.Tracks.Single().ShouldSatisfyAllConditions(
            face => (face.X, face.Y, face.Width, face.Height).ShouldBe((10, 20, 80, 90)),
            face => (face.Decision, face.Gallery, face.Person, face.Distance).ShouldBe(("match", "default", "ada", 0.5f)));
        _screen.Picture!.Picture.ShouldBe([1, 2]);
        _screen.Picture.View.ShouldBe(_screen.View);
    }

    [Fact]
    public void Hide_AShownPerson_TakesTheNameAtOnceAndFromLaterFramesUntilItIsForgotten()
    {
        Show();
        _screen.Hide([Ada]);
        ShouldBeNameless();
        Show();
        ShouldBeNameless();
        _screen.TakeGone().ShouldBe([Ada]);
        _screen.TakeGone().ShouldBeEmpty();
        Show(); // Tracks and visits have forgotten the name by now; a face that has one again was enrolled again.
        _screen.View.Tracks.Single().Person.ShouldBe("ada");
    }

    [Fact]
    public void Clear_ShowsNeitherFacesNorPicture()
    {
        Show();
        _screen.Clear();
        _screen.View.Tracks.ShouldBeEmpty();
        _screen.Picture.ShouldBeNull();
    }

    private void Show() => _screen.Show(Newest, 640, 480, [_face]);

    private void ShouldBeNameless()
    {
        foreach (var face in new[] { _screen.View.Tracks.Single(), _screen.Picture!.View.Tracks.Single() })
        {
            (face.Decision, face.Gallery, face.Person, face.Distance, face.Visit).ShouldBe(("undecided", null, null, null, null));
        }
    }
}
