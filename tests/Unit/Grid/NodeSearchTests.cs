using FaceGrid.Abstractions.Search;
using FaceGrid.Grains.Cluster;
using FaceGrid.Grains.Placement;
using FaceGrid.Grains.Search;
using FaceGrid.Grains.Shards;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Grid;

/// <summary>
/// Goal: a node answers for the shards that answered, and for no other. Method: shards that answer, fail, are elsewhere or refuse.
/// </summary>
public sealed class NodeSearchTests
{
    private static readonly NodeQuery Query = new("g", 2, [0, 1, 2], new ShardQuery(Guid.Empty, [], 1, 2));
    private readonly LocalShards _local = new();
    private readonly Dictionary<int, FakeShard> _shards = [];

    public NodeSearchTests()
    {
        foreach (int index in Query.Indexes)
        {
            var key = new ShardKey("g", 2, index);
            _local.Add(key);
            _shards[index] = new FakeShard(key, _ => { })
            {
                Answer = () => new ShardAnswer(ShardStatus.Ok, 10, [[new ShardCandidate($"p{index}", "f", 0.5f - (index * 0.125f))]]),
            };
        }
    }

    [Fact]
    public async Task SearchAsync_AllAnswer_AreMerged()
    {
        NodeAnswer answer = await SearchAsync();
        answer.Answered.ShouldBe([0, 1, 2]);
        (answer.Answer.Status, answer.Answer.People).ShouldBe((ShardStatus.Ok, 30));
        answer.Answer.Candidates[0].Select(candidate => candidate.Person).ShouldBe(["p2", "p1"]);
    }

    [Fact]
    public async Task SearchAsync_OneIsElsewhereAndOneFails_AnswersForTheOther()
    {
        _local.Remove(new ShardKey("g", 2, 0));
        _shards[1].Answer = () => throw new TimeoutException();
        NodeAnswer answer = await SearchAsync();
        answer.Answered.ShouldBe([2]);
        (answer.Answer.People, answer.Answer.Candidates[0].Length).ShouldBe((10, 1));
    }

    [Fact]
    public async Task SearchAsync_NoneIsHere_AnswersForNone()
    {
        foreach (int index in Query.Indexes)
        {
            _local.Remove(new ShardKey("g", 2, index));
        }

        NodeAnswer answer = await SearchAsync();
        (answer.Answered.Length, answer.Answer.Status, answer.Answer.Candidates.Length).ShouldBe((0, ShardStatus.Ok, 0));
    }

    [Fact]
    public async Task SearchAsync_OneKnowsANewerMap_AllIsRefused()
    {
        _shards[1].Answer = () => ShardAnswer.WrongMap;
        NodeAnswer answer = await SearchAsync();
        (answer.Answered.Length, answer.Answer.Status).ShouldBe((0, ShardStatus.WrongMap));
    }

    private Task<NodeAnswer> SearchAsync() =>
        new NodeSearch(_local, key => _shards[key.Index]).SearchAsync(Query, TestContext.Current.CancellationToken);
}
