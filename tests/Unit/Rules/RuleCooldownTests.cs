using FaceGrid.Cameras.Rules;
using FaceGrid.Tests.Support;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Rules;

/// <summary>
/// Goal: nobody is published twice within a cooldown, and the row stays small and names nobody. Method: visits at known times.
/// </summary>
public sealed class RuleCooldownTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly RuleState _state = new() { Salt = [1, 2, 3] };

    [Fact]
    public void Covers_the_same_person_and_moment_in_both_directions_of_time()
    {
        Publish("ada", 100);
        RuleCooldown.Covers(_state, Minute, "begun", Visits.Of("ada", 159)).ShouldBeTrue();
        RuleCooldown.Covers(_state, Minute, "begun", Visits.Of("ada", 41)).ShouldBeTrue();
        RuleCooldown.Covers(_state, Minute, "begun", Visits.Of("ada", 160)).ShouldBeFalse();
        RuleCooldown.Covers(_state, Minute, "begun", Visits.Of("ada", 40)).ShouldBeFalse();
        RuleCooldown.Covers(_state, Minute, "ended", Visits.Of("ada", 101)).ShouldBeFalse();
        RuleCooldown.Covers(_state, Minute, "begun", Visits.Of("ben", 101)).ShouldBeFalse();
    }

    [Fact]
    public void Covers_nobody_without_a_cooldown()
    {
        Publish("ada", 100);
        RuleCooldown.Covers(_state, TimeSpan.Zero, "begun", Visits.Of("ada", 100)).ShouldBeFalse();
        RuleCooldown.Remember(_state, TimeSpan.Zero, "begun", Visits.Of("ada", 101)).ShouldBeEmpty();
    }

    [Fact]
    public void Remember_forgets_people_whose_cooldown_is_over()
    {
        Publish("ada", 100);
        Publish("ben", 130);
        Publish("cleo", 165);
        _state.Published.Count.ShouldBe(2);
        RuleCooldown.Covers(_state, Minute, "begun", Visits.Of("ben", 165)).ShouldBeTrue();
    }

    [Fact]
    public void Remember_keeps_the_newest_of_too_many()
    {
        for (int i = 0; i < RuleCooldown.PeopleMax; i++)
        {
            _state.Published[$"person {i}"] = Visits.Morning.AddMilliseconds(i);
        }

        Publish("ada", 1);
        _state.Published.Count.ShouldBe(RuleCooldown.PeopleMax);
        _state.Published.ShouldNotContainKey("person 0");
        _state.Published.ShouldContainKey("person 1");
    }

    [Fact]
    public void Remember_names_nobody_and_depends_on_the_salt()
    {
        Publish("ada", 1);
        var other = new RuleState { Salt = [4, 5, 6] };
        string key = _state.Published.Keys.Single();
        key.ShouldNotContain("ada");
        RuleCooldown.Remember(other, Minute, "begun", Visits.Of("ada", 1)).Keys.Single().ShouldNotBe(key);
    }

    private void Publish(string person, int at) =>
        _state.Published = RuleCooldown.Remember(_state, Minute, "begun", Visits.Of(person, at));
}
