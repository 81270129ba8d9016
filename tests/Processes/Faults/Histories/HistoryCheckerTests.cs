using FaceGrid.Search;
using FaceGrid.Tests.Faults.Clusters;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Faults.Histories;

/// <summary>Goal: the checker finds what is wrong and accepts what is right. Method: small histories by hand, each with one bug planted, or with none where doubt is allowed.</summary>
public sealed class HistoryCheckerTests
{
    private readonly History _history = new();
    private readonly Random _random = new(7);

    [Fact]
    public void Right_answers_pass()
    {
        float[] ada = Enrol("ada", 0, 10), ben = Enrol("ben", 20, 30);
        Identify(40, 50, ada, people: 2, ("ada", ada), ("ben", ben));
        Delete("ada", 60, 70);
        Identify(80, 90, ada, people: 1, ("ben", ben));
        Verify(80, 90, "ben", ada, Distance.Euclidean(ben, ada));
        Verify(80, 90, "ada", ada, null);
        Kinds().ShouldBeEmpty();
    }

    [Fact]
    public void A_lost_write_is_caught()
    {
        float[] ada = Enrol("ada", 0, 10), ben = Enrol("ben", 0, 10);
        Identify(10, 20, ada, people: 2, ("ben", ben));
        Verify(10, 20, "ada", ada, null);
        Kinds().ShouldBe([Broken.LostWrite, Broken.LostWrite]);
    }

    [Fact]
    public void Somebody_left_out_for_one_further_away_is_caught()
    {
        float[] probe = TestVectors.RandomUnit(_random);
        float[][] vectors = [.. Enumerable.Range(0, 4).Select(i => Enrol($"p{i}", 0, 10)).OrderBy(vector => Distance.Squared(vector, probe))];
        string[] people = [.. vectors.Select(vector => _history.Writes.Single(write => write.Vector == vector).Person)];
        Identify(10, 20, probe, people: 4, limit: 2, complete: true, (people[0], vectors[0]), (people[1], vectors[1]));
        Kinds().ShouldBeEmpty();
        Identify(10, 20, probe, people: 4, limit: 2, complete: true, (people[0], vectors[0]), (people[2], vectors[2]));
        Kinds().ShouldBe([Broken.LostWrite]);
    }

    [Fact]
    public void A_stale_shard_is_caught()
    {
        float[] before = Enrol("ada", 0, 10);
        Delete("ada", 20, 30);
        float[] now = Enrol("ada", 40, 50);
        Identify(60, 70, now, people: 1, ("ada", before));
        Verify(60, 70, "ada", now, Distance.Euclidean(before, now));
        Kinds().ShouldBe([Broken.WrongDistance, Broken.WrongDistance]);
    }

    [Fact]
    public void A_hidden_partial_is_caught()
    {
        float[] ada = Enrol("ada", 0, 10);
        Enrol("ben", 0, 10);
        Add(10, 20, ada, 5, partialAllowed: true, new IdentifyBody([new Near("ada", 0)], 1, Complete: false, 4, 3));
        Kinds().ShouldBeEmpty();
        Add(10, 20, ada, 5, partialAllowed: false, new IdentifyBody([new Near("ada", 0)], 1, Complete: false, 4, 3));
        Kinds().ShouldBe([Broken.HiddenPartial]);
        Add(10, 20, ada, 5, partialAllowed: true, new IdentifyBody([new Near("ada", 0)], 1, Complete: true, 4, 3));
        Kinds().ShouldBe([Broken.HiddenPartial, Broken.HiddenPartial, Broken.LostWrite, Broken.WrongCount], ignoreOrder: true);
    }

    [Fact]
    public void A_resurrected_deletion_is_caught()
    {
        float[] ada = Enrol("ada", 0, 10);
        Delete("ada", 20, 30);
        Identify(25, 40, ada, people: 1, ("ada", ada));
        Kinds().ShouldBeEmpty("the deletion was under way");
        Identify(30, 40, ada, people: 0, ("ada", ada));
        Verify(30, 40, "ada", ada, 0);
        Identify(30, 40, ada, people: 0, ("stranger", ada));
        Kinds().ShouldBe([Broken.Resurrected, Broken.Resurrected, Broken.Resurrected]);
    }

    [Fact]
    public void A_wrong_distance_is_caught_to_the_last_bit()
    {
        float[] ada = Enrol("ada", 0, 10), probe = TestVectors.RandomUnit(_random);
        float right = Distance.Euclidean(ada, probe);
        Add(10, 20, probe, 5, partialAllowed: false, new IdentifyBody([new Near("ada", MathF.BitIncrement(right))], 1, Complete: true, 1, 1));
        Verify(10, 20, "ada", probe, MathF.BitDecrement(right));
        Kinds().ShouldBe([Broken.WrongDistance, Broken.WrongDistance]);
    }

    [Fact]
    public void A_wrong_order_and_a_wrong_count_are_caught()
    {
        float[] ada = Enrol("ada", 0, 10), ben = Enrol("ben", 0, 10);
        Identify(10, 20, ada, people: 2, ("ben", ben), ("ada", ada));
        Identify(10, 20, ada, people: 3, ("ada", ada), ("ben", ben));
        Kinds().ShouldBe([Broken.WrongOrder, Broken.WrongCount], ignoreOrder: true);
    }

    [Fact]
    public void Writes_without_an_answer_may_have_happened_or_not_at_any_later_time()
    {
        float[] ada = Enrol("ada", 0, 10, WriteOutcome.Unknown);
        Identify(10, 20, ada, people: 0);
        Identify(30, 40, ada, people: 1, ("ada", ada));
        Delete("ada", 50, 60);
        Identify(70, 80, ada, people: 1, ("ada", ada));
        float[] ben = Enrol("ben", 0, 10);
        Delete("ben", 11, 12, WriteOutcome.Unknown);
        Verify(70, 80, "ben", ben, 0);
        Verify(90, 95, "ben", ben, null);
        Kinds().ShouldBeEmpty();
    }

    [Fact]
    public void What_was_only_durable_is_owed_once_the_grid_has_settled()
    {
        float[] ada = Enrol("ada", 0, 10, WriteOutcome.Durable);
        _history.SettledAt = 50;
        Identify(20, 30, ada, people: 0);
        Kinds().ShouldBeEmpty();
        Identify(50, 60, ada, people: 1);
        Kinds().ShouldBe([Broken.LostWrite]);
    }

    [Theory]
    [InlineData("503 shards-missing", true)]
    [InlineData("no answer", true)]
    [InlineData("500 internal", false)]
    [InlineData("404 gallery-not-found", false)]
    public void Only_documented_refusals_are_honest(string problem, bool honest)
    {
        _history.Identifies.Enqueue(new IdentifyRecord("node", 0, 10, [], 5, PartialAllowed: false, problem, null));
        Kinds().ShouldBe(honest ? [] : [Broken.UnexpectedProblem]);
    }

    private Broken[] Kinds() => [.. HistoryChecker.Check(_history).Select(violation => violation.Kind)];

    private float[] Enrol(string person, long start, long end, WriteOutcome outcome = WriteOutcome.Acknowledged)
    {
        float[] vector = TestVectors.RandomUnit(_random);
        _history.Writes.Enqueue(new WriteRecord(person, vector, start, end, outcome));
        return vector;
    }

    private void Delete(string person, long start, long end, WriteOutcome outcome = WriteOutcome.Acknowledged) =>
        _history.Writes.Enqueue(new WriteRecord(person, null, start, end, outcome));

    private void Identify(long start, long end, float[] probe, int people, params (string Person, float[] Vector)[] nearest) =>
        Identify(start, end, probe, people, limit: 5, complete: true, nearest);

    private void Identify(long start, long end, float[] probe, int people, int limit, bool complete, params (string Person, float[] Vector)[] nearest) => Add(
        start, end, probe, limit, partialAllowed: false,
        new IdentifyBody([.. nearest.Select(near => new Near(near.Person, Distance.Euclidean(near.Vector, probe)))], people, complete, 4, 4));

    private void Add(long start, long end, float[] probe, int limit, bool partialAllowed, IdentifyBody body) =>
        _history.Identifies.Enqueue(new IdentifyRecord("node", start, end, probe, limit, partialAllowed, null, body));

    private void Verify(long start, long end, string person, float[] probe, float? distance) =>
        _history.Verifies.Enqueue(new VerifyRecord("node", start, end, person, probe, distance is null ? Problems.NoPerson : null, distance));
}
