using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Faults.Histories;

/// <summary>Goal: the checker finds what cameras told wrongly, and accepts what they told rightly. Method: as <see cref="HistoryCheckerTests"/>; camera time and history time are one here.</summary>
public sealed class VisitCheckerTests
{
    private readonly History _history = new();
    private readonly List<VisitEvent> _events = [];

    [Fact]
    public void Visits_of_somebody_enrolled_and_of_a_stranger_pass()
    {
        Show("ada", 0, 10, told: "a");
        Visit("a", null, 1, 9);
        Write("ada", "ada", 20, 30);
        Show("ada", 40, 50, told: "b");
        Visit("b", "ada", 41, 49);
        Show("ada", 60, 70, told: null);
        Kinds().ShouldBeEmpty();
    }

    [Fact]
    public void A_wrong_name_is_caught()
    {
        Write("ada", "ada", 0, 10);
        Show("ada", 20, 30, told: "a");
        Visit("a", "ben", 21, 29);
        Kinds().ShouldBe([Broken.WrongName, Broken.WrongName], "each word of it");
    }

    [Fact]
    public void Somebody_enrolled_who_is_reported_as_a_stranger_is_caught()
    {
        Write("ada", "ada", 0, 10);
        Show("ada", 20, 30, told: "a");
        Visit("a", null, 21, 29);
        Kinds().ShouldBe([Broken.LostWrite]);
    }

    [Fact]
    public void A_visit_that_is_reported_twice_is_caught()
    {
        Write("ada", "ada", 0, 10);
        Show("ada", 20, 30, told: "a");
        Visit("a", "ada", 21, 24);
        Visit("b", "ada", 25, 29);
        Kinds().ShouldBe([Broken.DoubledVisit]);
    }

    [Fact]
    public void A_visit_that_was_reported_and_is_lost_is_caught()
    {
        Show("ada", 0, 10, told: "a");
        Kinds().ShouldBe([Broken.LostVisit]);
    }

    [Fact]
    public void Somebody_deleted_who_is_named_again_is_caught()
    {
        Write("ada", "ada", 0, 10);
        Write("ada", null, 20, 30);
        Show("ada", 40, 50, told: "a");
        Visit("a", "ada", 41, 49);
        Kinds().ShouldBe([Broken.Resurrected, Broken.Resurrected], "each word of it");
    }

    [Fact]
    public void A_visit_of_before_a_deletion_that_is_left_is_caught()
    {
        Write("ada", "ada", 0, 10);
        Show("ada", 20, 30, told: "a");
        Write("ada", null, 40, 50);
        Write("ada", "ada", 60, 70);
        Kinds().ShouldBeEmpty("it was erased");
        Visit("a", "ada", 21, 29);
        Kinds().ShouldBe([Broken.NotErased, Broken.NotErased], "each word of it");
    }

    [Fact]
    public void While_somebody_is_enrolled_or_deleted_a_camera_may_name_them_or_not_but_nobody_else()
    {
        Show("ada", 0, 20, told: "a");
        Write("ada", "ada", 5, 10);
        Visit("a", null, 1, 7);
        Visit("b", "ada", 8, 19);
        Kinds().ShouldBeEmpty();
        Show("ben", 30, 50, told: null);
        Write("ben", "ben", 35, 40, WriteOutcome.Unknown);
        Visit("c", "ada", 31, 49);
        Kinds().ShouldBe([Broken.WrongName, Broken.WrongName], "each word of it");
    }

    [Fact]
    public void A_visit_while_nobody_was_there_is_caught()
    {
        Show("ada", 0, 10, told: null);
        Visit("a", null, 11, 12);
        Kinds().ShouldBe([Broken.StrangeVisit, Broken.StrangeVisit], "each word of it");
    }

    [Theory]
    [InlineData("begun 1, begun 2, ended 3", false)]
    [InlineData("begun 1, ended 2, ended 3", false)]
    [InlineData("begun 1, changed 2", false)]
    [InlineData("begun 1, ended 1", false)]
    [InlineData("begun 1, changed 2, ended 3", true)]
    [InlineData("ended 2", true)]
    public void A_visit_begins_and_ends_once(string words, bool right)
    {
        Show("ada", 0, 10, told: "a");
        foreach (string[] word in words.Split(", ").Select(word => word.Split(' ')))
        {
            Tell("a", word[0], int.Parse(word[1]), null, 1, 9);
        }

        Kinds().ShouldBe(right ? [] : [Broken.BrokenVisit]);
    }

    [Fact]
    public void A_listener_who_misses_an_event_or_hears_one_twice_is_caught()
    {
        Show("ada", 0, 10, told: "a");
        Visit("a", null, 1, 9);
        Kinds(heard: [1, 2, 3]).ShouldBeEmpty("the third has been erased since");
        Kinds(heard: [1]).ShouldBe([Broken.BrokenEvents]);
        Kinds(heard: [1, 1, 2]).ShouldBe([Broken.BrokenEvents]);
    }

    private Broken[] Kinds(long[]? heard = null)
    {
        _history.Events = _events;
        _history.Heard = heard ?? [.. _events.Select(told => told.Position)];
        return [.. HistoryChecker.Check(_history).Select(violation => violation.Kind)];
    }

    private void Write(string face, string? person, long start, long end, WriteOutcome outcome = WriteOutcome.Acknowledged) => _history.FaceWrites.Enqueue(new FaceWrite(face, person, start, end, outcome));

    private void Show(string face, long start, long end, string? told) => _history.Shows.Enqueue(new Show("door", face, start, end, At(start), At(end), told));

    private void Visit(string visit, string? person, long first, long last)
    {
        Tell(visit, "begun", 1, person, first, first);
        Tell(visit, "ended", 2, person, first, last);
    }

    private void Tell(string visit, string kind, int revision, string? person, long first, long last) => _events.Add(new VisitEvent(kind, _events.Count + 1, visit, revision, "door", person, At(first), At(last)));

    private static DateTimeOffset At(long seconds) => DateTimeOffset.UnixEpoch.AddSeconds(seconds);
}
