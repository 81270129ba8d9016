using FaceGrid.Abstractions.Sightings;
using FaceGrid.Cameras.Recognition;
using FaceGrid.Cameras.State;
using FaceGrid.Vision;

namespace FaceGrid.Cameras.Visits;

/// <summary>
/// The open visits of a camera. A visit begins when a track's votes are decided, dated back to its first frame. Tracks of the same person one after the other, within the gap, are one visit. It is told when it begins, when it
/// turns out to be somebody else, and when it ends.
/// When a decision changes, the first votes were wrong: the visit is told again with the new name, under its id. (A track that went over to another face is noticed by the tracker, which begins another track.) If the new name has
/// an open visit already, that one goes on, and the wrong one ends.
/// </summary>
/// <param name="camera">Camera id.</param>
/// <param name="gap">How long somebody may be out of sight.</param>
/// <param name="tell">Takes what is to be told, with a new picture or null.</param>
internal sealed class VisitBook(string camera, TimeSpan gap, Action<Sighting, byte[]?> tell)
{
    /// <summary>Most open visits; the ones seen longest ago end early.</summary>
    private const int VisitsMax = 512;

    /// <summary>How far from where it was, in sides of its box, an unknown face may be to go on with the visit that another node began.</summary>
    private const float SidesMax = 1.5f;

    private readonly List<Visit> _open = [];

    /// <summary>The open visits.</summary>
    public IReadOnlyList<Visit> Open => _open;

    /// <summary>Goes on with what another node, or an earlier run, has told of.</summary>
    /// <param name="present">What it told.</param>
    /// <param name="remembered">What the camera's row remembers of it.</param>
    /// <param name="now">The camera's time.</param>
    public void Resume(IEnumerable<Sighting> present, IReadOnlyList<OpenVisit> remembered, TimeSpan now)
    {
        foreach (Sighting told in present)
        {
            Visit visit = Visit.Of(told, remembered.FirstOrDefault(visit => visit.Id == told.Id));
            visit.SeenAt = now; // Since when it was not seen nobody knows.
            _open.Add(visit);
        }
    }

    /// <summary>Takes note of the faces of a frame, or of one that has left undecided.</summary>
    /// <param name="followers">The faces that are decided.</param>
    public void See(IReadOnlyList<Follower> followers)
    {
        HashSet<Visit> held = [.. followers.Select(follower => follower.Visit).OfType<Visit>()];
        foreach (Follower follower in followers)
        {
            Identity who = follower.Who!;
            Visit? before = follower.Visit;
            bool news = false;
            if (before is null || before.Who != who)
            {
                follower.Visit = before is null ? Join(follower, who, held) : Change(follower, before, who, held);
                news = follower.Visit.Revision == 0 || follower.Visit == before;
                follower.Visit.Tracks += follower.Visit == before ? 0 : 1;
                held.Add(follower.Visit);
            }

            Update(follower.Visit!, follower);
            if (news)
            {
                Tell(follower.Visit!, SightingStatus.Present);
            }
        }

        foreach (Visit oldest in _open.OrderBy(visit => visit.SeenAt).Take(_open.Count - VisitsMax).ToArray())
        {
            End(oldest);
        }
    }

    /// <summary>Ends the visits whose time is over.</summary>
    /// <param name="now">The camera's time.</param>
    public void EndDue(TimeSpan now) => _open.FindAll(visit => now - visit.SeenAt > gap).ForEach(End);

    /// <summary>Ends the visits of some people. Where they were deleted the log has nothing to end, and writes nothing.</summary>
    /// <param name="who">The people.</param>
    public void EndOf(IReadOnlySet<Identity> who) => _open.FindAll(visit => who.Contains(visit.Who)).ForEach(End);

    /// <summary>Ends all visits: the camera is no more, or is turned off.</summary>
    public void EndAll() => _open.ToList().ForEach(End);

    /// <summary>The visit of a face that had none: one that is open and nobody else's, or a new one.</summary>
    private Visit Join(Follower follower, Identity who, HashSet<Visit> held)
    {
        Visit? open = who.IsSomebody
            ? _open.Find(visit => visit.Who == who && !held.Contains(visit))
            : _open.Find(visit => visit.Tracks == 0 && !visit.Who.IsSomebody && !held.Contains(visit) && IsNear(visit.Box, follower.Track.Box));
        return open ?? Begin(follower, who);
    }

    /// <summary>The visit of a face that is somebody else than was thought.</summary>
    private Visit Change(Follower follower, Visit before, Identity who, HashSet<Visit> held)
    {
        Visit? open = who.IsSomebody ? _open.Find(visit => visit.Who == who && !held.Contains(visit)) : null;
        if (before.Tracks > 1)
        {
            return open ?? Begin(follower, who); // Others have been in it, who were right: it ends in its time.
        }

        if (open is not null)
        {
            End(before);
            return open;
        }

        (before.Who, before.Best) = (who, null);
        return before;
    }

    private Visit Begin(Follower follower, Identity who)
    {
        var visit = new Visit(Guid.NewGuid().ToString("n"), who, follower.Since);
        _open.Add(visit);
        return visit;
    }

    private static void Update(Visit visit, Follower follower)
    {
        int before = visit.Frames;
        visit.Frames = visit.Revision == 0 ? follower.Track.Frames : before + (follower.Track.LastSeen > visit.SeenAt ? 1 : 0);
        visit.LastSeen = follower.LastSeen > visit.LastSeen ? follower.LastSeen : visit.LastSeen;
        visit.SeenAt = follower.Track.LastSeen > visit.SeenAt ? follower.Track.LastSeen : visit.SeenAt;
        visit.Box = follower.Track.Box;
        visit.Confidence = follower.Ballot.Confidence;
        visit.Liveness = follower.Ballot.Liveness ?? visit.Liveness;
        if (follower.Ballot.Best is { } best && (visit.Best?.Distance is not { } known || best.Distance <= known))
        {
            visit.Best = best;
        }

        if (follower.Picture is { } picture && follower.BestWeight > visit.PictureWeight)
        {
            (visit.NewPicture, visit.PictureWeight, visit.HasPicture) = (picture, follower.BestWeight, true);
        }
    }

    private void End(Visit visit)
    {
        _open.Remove(visit);
        Tell(visit, SightingStatus.Ended);
    }

    private void Tell(Visit visit, SightingStatus status)
    {
        tell(visit.Tell(camera, status), visit.NewPicture);
        visit.NewPicture = null;
    }

    private static bool IsNear(FaceBox one, FaceBox other)
    {
        float x = one.X + (one.Width / 2) - other.X - (other.Width / 2), y = one.Y + (one.Height / 2) - other.Y - (other.Height / 2);
        return one.Width > 0 && MathF.Sqrt((x * x) + (y * y)) <= SidesMax * Math.Max(one.Width, other.Width);
    }
}
