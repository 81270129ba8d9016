using FaceGrid.Abstractions.People;
using FaceGrid.Grains.People;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Grid.People;

/// <summary>
/// Goal: of people who look alike and are enrolled at the same moment exactly one stays. Method: contests that ask each other, in every
/// order.
/// </summary>
public sealed class EnrolmentContestTests
{
    [Fact]
    public void A_settled_person_stays_when_it_has_a_face_that_is_searched()
    {
        var contest = new EnrolmentContest("b");
        contest.Answer(Rival("a"), isSearched: true).ShouldBeTrue();
        contest.Answer(Rival("a"), isSearched: false).ShouldBeFalse("nobody is found by it");
    }

    [Theory]
    [InlineData("a", "b", true)]
    [InlineData("b", "a", false)]
    [InlineData("B", "a", true)] // Ordinal: capitals first.
    public void Of_two_that_are_not_settled_the_smaller_id_stays(string person, string rival, bool stays)
    {
        var contest = new EnrolmentContest(person);
        contest.Open();
        contest.Answer(Rival(rival), isSearched: false).ShouldBe(stays, "also before it is searchable");
        contest.Close(winner: null, complete: true)?.Person.ShouldBe(stays ? null : rival);
    }

    [Fact]
    public void A_person_that_gives_way_stays_for_nobody_until_its_write_has_ended()
    {
        var contest = new EnrolmentContest("a");
        contest.Open();
        contest.Close(Rival("b"), complete: true)!.Person.ShouldBe("b");
        contest.Answer(Rival("c"), isSearched: true).ShouldBeFalse();
        contest.End();
        contest.Answer(Rival("c"), isSearched: true).ShouldBeTrue();
    }

    [Fact]
    public void Without_everybody_compared_a_person_gives_way_to_nobody_in_particular_and_still_goes()
    {
        var contest = new EnrolmentContest("a");
        contest.Open();
        contest.Close(winner: null, complete: false).ShouldBeNull();
        contest.Answer(Rival("c"), isSearched: true).ShouldBeFalse();
    }

    [Fact]
    public async Task People_beyond_the_threshold_are_not_asked_and_asking_ends_at_the_first_who_stays()
    {
        var contest = new EnrolmentContest("m");
        contest.Open();
        var found = new Neighbours(
            [[Rival("x", 0.1f), Rival("far", 1.1f)], [Rival("y", 0.2f), Rival("z", 0.3f)]], Complete: true, Threshold: 1);
        var asked = new List<string>();
        LookAlike? winner = await contest.AskAsync(found, [PersonRows.Face("f1", 0), PersonRows.Face("f2", 0)], (person, self) =>
        {
            asked.Add($"{person} about {self.Person}/{self.FaceId}");
            return Task.FromResult(person == "y");
        });
        winner!.Person.ShouldBe("y");
        asked.ShouldBe(["x about m/f1", "y about m/f2"]);
    }

    [Fact]
    public async Task A_person_that_does_not_answer_stays_and_other_failures_pass()
    {
        var contest = new EnrolmentContest("m");
        contest.Open();
        var found = new Neighbours([[Rival("x")]], Complete: true, Threshold: 1);
        (await contest.AskAsync(found, [PersonRows.Face("f", 0)], (_, _) => throw new TimeoutException()))!.Person.ShouldBe("x");
        await Should.ThrowAsync<InvalidOperationException>(
            contest.AskAsync(found, [PersonRows.Face("f", 0)], (_, _) => throw new InvalidOperationException()));
    }

    [Theory]
    [InlineData(new[] { 0, 1, 2 })]
    [InlineData(new[] { 0, 2, 1 })]
    [InlineData(new[] { 1, 0, 2 })]
    [InlineData(new[] { 1, 2, 0 })]
    [InlineData(new[] { 2, 0, 1 })]
    [InlineData(new[] { 2, 1, 0 })]
    public async Task Exactly_one_of_three_stays_in_whatever_order_they_look(int[] order)
    {
        string[] ids = ["a", "b", "c"];
        EnrolmentContest[] contests = [.. ids.Select(id => new EnrolmentContest(id))];
        Array.ForEach(contests, contest => contest.Open());
        var stayed = new List<string>();
        foreach (int i in order)
        {
            var found = new Neighbours([[.. ids.Where(id => id != ids[i]).Select(id => Rival(id))]], Complete: true, Threshold: 1);
            LookAlike? asked = await contests[i].AskAsync(
                found, [PersonRows.Face("f", 0)], (id, self) =>
                    Task.FromResult(contests[Array.IndexOf(ids, id)].Answer(self, isSearched: true)));
            if (contests[i].Close(asked, complete: true) is null)
            {
                stayed.Add(ids[i]);
            }
        }

        stayed.ShouldBe(["a"]);
    }

    private static LookAlike Rival(string person, float distance = 0.5f) => new(person, "f", distance);
}
