using FaceGrid.Abstractions.Sightings;
using FaceGrid.Cameras.Recognition;
using FaceGrid.Cameras.State;
using FaceGrid.Cameras.Visits;
using FaceGrid.Vision;
using FaceGrid.Vision.Tracking;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Cameras;

/// <summary>
/// Goal: one visit is told once, whatever its tracks do. Method: faces that stand somewhere, with votes as the test wants them, and
/// everything that the book tells.
/// </summary>
public sealed class VisitBookTests
{
    private static readonly Identity Ada = new(IdentityKind.Person, "default", "ada");
    private static readonly Identity Bob = new(IdentityKind.Person, "default", "bob");
    private static readonly DateTimeOffset Start = DateTimeOffset.FromUnixTimeSeconds(1_790_000_000);
    private static readonly TimeSpan Gap = TimeSpan.FromSeconds(30);

    private readonly FaceTracker _tracker = new(new TrackingOptions(1, 1.2f, Gap));
    private readonly List<Sighting> _published = [];
    private readonly VisitBook _book;
    private TimeSpan _now;

    public VisitBookTests() => _book = NewBook();

    [Fact]
    public void A_visit_is_reported_when_it_is_decided_and_when_it_has_ended()
    {
        Follower ada = Face(100, Ada);
        See(10, ada);
        _book.EndDue(_now + Gap);
        Sighting begun = _published.ShouldHaveSingleItem();
        (begun.Revision, begun.Status, begun.Gallery, begun.Person, begun.Visitor, begun.FirstSeen)
            .ShouldBe((1, SightingStatus.Present, "default", "ada", null, Start));
        _book.EndDue(_now + Gap + TimeSpan.FromSeconds(1));
        Sighting ended = _published[^1];
        (ended.Id, ended.Revision, ended.Status, ended.Person).ShouldBe((begun.Id, 2, SightingStatus.Ended, "ada"));
        ended.LastSeen.ShouldBe(Start + _now);
        ended.Frames.ShouldBe(11);
        _published.Count.ShouldBe(2);
        _book.Open.ShouldBeEmpty();
    }

    [Fact]
    public void Two_tracks_of_a_person_one_after_the_other_are_one_visit_and_at_the_same_time_two()
    {
        See(3, Face(100, Ada));
        See(3, Face(900, Ada));
        _published.ShouldHaveSingleItem();
        _book.EndDue(_now + Gap + Gap);
        _published.Select(sighting => sighting.Status).ShouldBe([SightingStatus.Present, SightingStatus.Ended]);
        See(1, Face(100, Ada));
        _published.Select(sighting => sighting.Id).Distinct().Count().ShouldBe(2); // After the gap it is another visit.
    }

    [Fact]
    public void Somebody_unknown_who_turns_out_to_be_a_person_is_reported_again_under_the_same_id()
    {
        Follower face = Face(100, Identity.Unknown);
        See(3, face);
        Decide(face, Ada);
        See(3, face);
        _published.Select(sighting => (sighting.Revision, sighting.Person)).ShouldBe([(1, null), (2, "ada")]);
        _published[1].Id.ShouldBe(_published[0].Id);
    }

    [Fact]
    public void First_votes_that_were_wrong_are_corrected_in_place()
    {
        Follower face = Face(100, Bob);
        See(3, face);
        Decide(face, Ada);
        See(3, face);
        _published.Select(sighting => (sighting.Id, sighting.Revision, sighting.Person))
            .ShouldBe([(_published[0].Id, 1, "bob"), (_published[0].Id, 2, "ada")]);
        _book.Open.ShouldHaveSingleItem();
    }

    [Fact]
    public void A_person_whose_visit_is_open_goes_on_with_it_and_the_wrong_one_ends()
    {
        See(2, Face(100, Ada));
        Follower later = Face(500, Identity.Unknown);
        See(2, later);
        Decide(later, Ada);
        See(2, later);
        _published.Select(sighting => (sighting.Status, sighting.Person))
            .ShouldBe([(SightingStatus.Present, "ada"), (SightingStatus.Present, null), (SightingStatus.Ended, null)]);
        later.Visit!.Id.ShouldBe(_published[0].Id);
    }

    [Fact]
    public void A_visit_that_other_tracks_were_in_is_not_renamed_with_one_of_them()
    {
        See(2, Face(100, Bob));
        Follower second = Face(900, Bob);
        See(2, second);
        Decide(second, Ada);
        See(2, second);
        _published.Select(sighting => sighting.Person).ShouldBe(["bob", "ada"]);
        _published[0].Id.ShouldNotBe(_published[1].Id);
    }

    [Fact]
    public void Another_node_goes_on_with_what_was_reported()
    {
        See(2, Face(100, Ada), Face(500, Identity.Unknown));
        OpenVisit[] remembered =
            [.. _book.Open.Select(
            visit => new OpenVisit(visit.Id, visit.LastSeen, visit.Frames, [visit.Box.X, visit.Box.Y, visit.Box.Width, visit.Box.Height]))];
        Sighting[] present = [.. _published];
        _published.Clear();

        VisitBook next = NewBook();
        next.Resume(present, remembered, _now);
        next.See([Face(300, Ada), Face(520, Identity.Unknown)]);
        _published.ShouldBeEmpty();
        next.See([Face(900, Identity.Unknown)]); // Elsewhere: another stranger.
        _published.ShouldHaveSingleItem().Revision.ShouldBe(1);
        next.EndAll();
        _published.Skip(1).Select(sighting => (sighting.Id, sighting.Revision))
            .ShouldBe([(present[0].Id, 2), (present[1].Id, 2), (_published[0].Id, 2)]);
    }

    [Fact]
    public void A_visitor_is_reported_with_their_gallery_and_a_spoof_with_no_distance()
    {
        Follower visitor = Face(100, Identity.Unknown);
        visitor.Visitor = new Identity(IdentityKind.Visitor, "strangers", "visitor-1");
        See(1, visitor, Face(500, Identity.Spoof));
        (_published[0].Visitor, _published[0].VisitorGallery, _published[0].Person, _published[0].Gallery).ShouldBe(("visitor-1", "strangers", null, null));
        (_published[1].Person, _published[1].Distance).ShouldBe((null, null));
    }

    private VisitBook NewBook() => new("door", Gap, (sighting, _) => _published.Add(sighting));

    /// <summary>Somebody whom the votes have decided.</summary>
    private Follower Face(float x, Identity who)
    {
        var follower = new Follower(_tracker.Follow(_now, [new FaceBox(x, 100, 80, 80)])[0], Start + _now);
        Decide(follower, who);
        return follower;
    }

    private static void Decide(Follower follower, Identity who)
    {
        for (int shot = 0; shot < 16; shot++)
        {
            follower.Ballot.Add(new Vote(who, 1, 0.7f, 1));
        }

        follower.Who.ShouldBe(who);
    }

    private void See(int frames, params Follower[] faces)
    {
        for (int frame = 0; frame < frames; frame++)
        {
            _now += TimeSpan.FromSeconds(0.2);
            FaceTrack[] tracks = _tracker.Follow(_now, [.. faces.Select(face => face.Track.Box)]);
            tracks.ShouldBe(faces.Select(face => face.Track));
            Array.ForEach(faces, face => face.LastSeen = Start + _now);
            _book.See(faces);
        }
    }
}
