using FaceGrid.Abstractions.Sightings;
using FaceGrid.Cameras.Recognition;
using FaceGrid.Cameras.State;
using FaceGrid.Vision;

namespace FaceGrid.Cameras.Visits;

/// <summary>
/// The open visits of a camera. A visit begins when a track's votes are decided, dated back to its first frame. Tracks of the same person
/// one after the other, within the gap, are one visit. It is reported when it begins, when it turns out to be another person, and when it
/// ends. When a decision changes, the first votes were wrong: the visit is reported again with the new name, under its id. (The tracker
/// notices a track that went over to another face, and begins another track.) If the new name has an open visit already, that one goes on,
/// and the wrong one ends.
/// </summary>
/// <param name="camera">Camera id.</param>
/// <param name="gap">How long a person may be out of sight.</param>
/// <param name="report">Takes each report, with a new picture or null.</param>
internal sealed class VisitBook(string camera, TimeSpan gap, Action<Sighting, byte[]?> report)
{
    /// <summary>Most open visits; those that were seen longest ago end early.</summary>
    private const int VisitsMax = 512;

    /// <summary>
    /// How far from where it was, in sides of its box, an unknown face may be to go on with the visit that another node began.
    /// </summary>
    private const float SidesMax = 1.5f;

    private readonly List<Visit> _open = [];

    /// <summary>The open visits.</summary>
    public IReadOnlyList<Visit> Open => _open;

    /// <summary>Goes on with the open visits of another node, or of an earlier run.</summary>
    /// <param name="present">The visits as they were reported.</param>
    /// <param name="remembered">What the camera's row remembers of them.</param>
    /// <param name="now">The camera's time.</param>
    public void Resume(IEnumerable<Sighting> present, IReadOnlyList<OpenVisit> remembered, TimeSpan now)
    {
        foreach (Sighting reported in present)
        {
            Visit visit = Visit.Of(reported, remembered.FirstOrDefault(visit => visit.Id == reported.Id));
            visit.SeenAt = now; // Nobody knows since when it is out of sight.
            _open.Add(visit);
        }
    }

    /// <summary>Takes the decided faces of a frame, or a face that left and was decided afterwards.</summary>
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
                Report(follower.Visit!, SightingStatus.Present);
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

    /// <summary>Ends the visits of some people. Where they were deleted the log writes nothing.</summary>
    /// <param name="who">The people.</param>
    public void EndOf(IReadOnlySet<Identity> who) => _open.FindAll(visit => who.Contains(visit.Who)).ForEach(End);

    /// <summary>Ends all visits: the camera is deleted or turned off.</summary>
    public void EndAll() => _open.ToList().ForEach(End);

    /// <summary>The visit of a face that had none: an open one that no other face has, or a new one.</summary>
    private Visit Join(Follower follower, Identity who, HashSet<Visit> held)
    {
        Visit? open = who.IsSomebody
            ? _open.Find(visit => visit.Who == who && !held.Contains(visit))
            : _open.Find(visit => visit.Tracks == 0
                && !visit.Who.IsSomebody
                && !held.Contains(visit)
                && IsNear(visit.Box, follower.Track.Box));
        return open ?? Begin(follower, who);
    }

    /// <summary>The visit of a face whose decision has changed.</summary>
    private Visit Change(Follower follower, Visit before, Identity who, HashSet<Visit> held)
    {
        Visit? open = who.IsSomebody ? _open.Find(visit => visit.Who == who && !held.Contains(visit)) : null;
        if (before.Tracks > 1)
        {
            return open ?? Begin(follower, who); // Other tracks were in it, and those were right: it ends in its time.
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
        Report(visit, SightingStatus.Ended);
    }

    private void Report(Visit visit, SightingStatus status)
    {
        report(visit.Report(camera, status), visit.NewPicture);
        visit.NewPicture = null;
    }

    private static bool IsNear(FaceBox one, FaceBox other)
    {
        float x = one.X + (one.Width / 2) - other.X - (other.Width / 2), y = one.Y + (one.Height / 2) - other.Y - (other.Height / 2);
        return one.Width > 0 && MathF.Sqrt((x * x) + (y * y)) <= SidesMax * Math.Max(one.Width, other.Width);
    }
}
