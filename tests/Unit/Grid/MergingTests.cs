using FaceGrid.Grains.Search;
using FaceGrid.Grains.Shards;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Grid;

/// <summary>
/// Goal: candidates of several shards come in the one order, also where distances are equal. Method: answers of shards that hold the tied
/// people in every arrangement.
/// </summary>
public sealed class MergingTests
{
    [Fact]
    public void Nearest_EqualDistancesInDifferentShards_AreInOrderOfPersonIds()
    {
        ShardAnswer first = Answer(("b", 0.5f), ("d", 0.5f)), second = Answer(("a", 0.5f), ("c", 0.5f));
        People(Merging.Nearest([first, second], 0, 4)).ShouldBe(["a", "b", "c", "d"]);
        People(Merging.Nearest([second, first], 0, 4)).ShouldBe(["a", "b", "c", "d"]);
    }

    [Fact]
    public void Nearest_EqualDistancesAtTheLimit_KeepTheSmallestPersonIds()
    {
        ShardAnswer[] answers = [Answer(("z", 0.5f)), Answer(("m", 0.5f)), Answer(("near", 0.25f), ("a", 0.5f))];
        People(Merging.Nearest(answers, 0, 3)).ShouldBe(["near", "a", "m"]);
    }

    [Fact]
    public void Nearest_PersonIds_AreComparedByCharacterCodes() =>
        People(Merging.Nearest([Answer(("a", 0.5f)), Answer(("B", 0.5f)), Answer(("_", 0.5f))], 0, 3)).ShouldBe(["B", "_", "a"]);

    [Fact]
    public void Nearest_OfSeveralProbes_TakesThatProbe()
    {
        var first = new ShardAnswer(ShardStatus.Ok, 1, [[new("a", "f", 0.5f)], [new("a", "f", 0.75f)]]);
        var second = new ShardAnswer(ShardStatus.Ok, 1, [[new("b", "f", 0.625f)], [new("b", "f", 0.25f)]]);
        People(Merging.Nearest([first, second], 0, 2)).ShouldBe(["a", "b"]);
        People(Merging.Nearest([first, second], 1, 2)).ShouldBe(["b", "a"]);
    }

    private static ShardAnswer Answer(params (string Person, float Distance)[] candidates) => new(
        ShardStatus.Ok,
        candidates.Length,
        [[.. candidates.Select(candidate => new ShardCandidate(candidate.Person, "f", candidate.Distance))]]);

    private static IEnumerable<string> People(ShardCandidate[] candidates) => candidates.Select(candidate => candidate.Person);
}
