using FaceGrid.Abstractions.Cameras;
using FaceGrid.Cameras.Recognition;
using FaceGrid.Cameras.Sources;
using FaceGrid.Cameras.Visits;
using FaceGrid.Vision;

namespace FaceGrid.Cameras.Watching;

/// <summary>
/// The newest frame of a camera with the faces in it, without the names of people who are not enrolled any more. Safe for concurrent use.
/// </summary>
/// <param name="camera">Camera id.</param>
internal sealed class CameraScreen(string camera)
{
    private const string Undecided = "undecided";

    private readonly Lock _gate = new();
    private readonly HashSet<Identity> _gone = []; // Not to be shown, and not yet forgotten by tracks and visits.
    private volatile CameraView _view = new(camera, null, 0, 0, []);
    private volatile CameraPicture? _picture;

    /// <summary>What is seen.</summary>
    public CameraView View => _view;

    /// <summary>The newest frame that was looked at, or null.</summary>
    public CameraPicture? Picture => _picture;

    /// <summary>Shows a frame.</summary>
    /// <param name="frame">The frame; its picture is copied.</param>
    /// <param name="width">Width of the frame in pixels.</param>
    /// <param name="height">Height of the frame in pixels.</param>
    /// <param name="faces">The faces in it that count.</param>
    public void Show(Frame frame, int width, int height, Follower[] faces)
    {
        lock (_gate)
        {
            var view = new CameraView(camera, frame.TakenAt, width, height, Array.ConvertAll(faces, ViewOf));
            Show(view, new CameraPicture(frame.Picture.ToArray(), frame.TakenAt, view));
        }
    }

    /// <summary>Shows no faces and no picture any more: the people in it may have been erased since.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            Show(_view with { Tracks = [] }, picture: null);
        }
    }

    /// <summary>Takes the names of people away who are not enrolled any more.</summary>
    /// <param name="gone">The people.</param>
    public void Hide(IEnumerable<Identity> gone)
    {
        lock (_gate)
        {
            _gone.UnionWith(gone);
            Show(_view, _picture);
        }
    }

    /// <summary>Hands over the people whose names were taken away, for tracks and visits to forget them.</summary>
    /// <returns>The people since the last call.</returns>
    public HashSet<Identity> TakeGone()
    {
        lock (_gate)
        {
            HashSet<Identity> gone = [.. _gone];
            _gone.Clear();
            return gone;
        }
    }

    private void Show(CameraView view, CameraPicture? picture)
    {
        _view = _gone.Count == 0 ? view : view with { Tracks = Array.ConvertAll(view.Tracks, WithoutGone) };
        _picture = picture is null ? null : picture with { View = _view };
    }

    private SeenFace WithoutGone(SeenFace face) =>
        face is { Gallery: { } gallery, Person: { } person } && _gone.Any(who => who.Gallery == gallery && who.Person == person)
            ? face with { Decision = Undecided, Gallery = null, Person = null, Distance = null, Confidence = 0, Visit = null }
            : face;

    private static SeenFace ViewOf(Follower face)
    {
        FaceBox box = face.Track.Box;
        Identity? who = face.Who;
        float? distance = who?.Kind switch
        {
            IdentityKind.Person => face.Ballot.Best?.Distance,
            IdentityKind.Visitor => face.VisitorDistance,
            _ => null,
        };
        return new SeenFace(
            face.Track.Id,
            box.X,
            box.Y,
            box.Width,
            box.Height,
            who?.Decision ?? Undecided,
            who?.Gallery,
            who?.Person,
            distance,
            who is null ? 0 : face.Ballot.Confidence,
            face.Since,
            who is null ? null : face.Visit?.Id);
    }
}
