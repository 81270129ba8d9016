using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Faults.Histories;

/// <summary>Goal: the checker finds wrong answers about faces that go from one person to another, and accepts right ones. Method: as <see cref="HistoryCheckerTests"/>.</summary>
public sealed class FaceCheckerTests
{
    private readonly History _history = new();

    [Fact]
    public void Right_answers_pass_from_enrolment_to_deletion()
    {
        Identify(0, 5, null);
        Write("ben", 10, 20);
        Identify(15, 25, "ben");
        Identify(15, 25, null);
        Identify(20, 30, "ben");
        Write("ada", 40, 50, isMove: true);
        Identify(45, 46, "ben");
        Identify(45, 46, "ada");
        Identify(50, 60, "ada");
        Verify(50, 60, "ada", match: true);
        Verify(50, 60, "ben", match: null);
        Write(null, 70, 80);
        Identify(80, 90, null);
        Verify(80, 90, "ada", match: null);
        Kinds().ShouldBeEmpty();
    }

    [Fact]
    public void A_face_that_a_merge_lost_is_caught()
    {
        Write("ben", 0, 10);
        Write("ada", 20, 30, isMove: true);
        Identify(25, 28, null);
        Identify(30, 40, null);
        Verify(30, 40, "ada", match: false);
        Verify(30, 40, "ada", match: null);
        Kinds().ShouldBe([Broken.LostWrite, Broken.LostWrite, Broken.LostWrite, Broken.LostWrite]);
    }

    [Fact]
    public void A_face_that_is_still_found_by_who_has_gone_is_caught()
    {
        Write("ben", 0, 10);
        Write("ada", 20, 30, isMove: true);
        Identify(30, 40, "ben");
        Verify(30, 40, "ben", match: true);
        Identify(30, 40, "eve");
        Kinds().ShouldBe([Broken.WrongName, Broken.WrongName, Broken.WrongName]);
    }

    [Fact]
    public void A_deleted_face_that_comes_back_is_caught()
    {
        Write("ben", 0, 10);
        Write("ada", 20, 30, WriteOutcome.Unknown, isMove: true);
        Write(null, 40, 50);
        Identify(45, 55, "ben");
        Kinds().ShouldBeEmpty("the deletion was under way");
        Identify(50, 60, "ben");
        Identify(50, 60, "ada");
        Kinds().ShouldBe([Broken.Resurrected, Broken.Resurrected], "merging who is gone brings nobody back");
    }

    [Fact]
    public void Writes_without_an_answer_may_have_happened_or_not_at_any_later_time()
    {
        Write("ada", 0, 10, WriteOutcome.Unknown);
        Identify(20, 30, null);
        Identify(40, 50, "ada");
        Write(null, 60, 70);
        Identify(80, 90, "ada");
        Identify(80, 90, null);
        Kinds().ShouldBeEmpty();
    }

    [Fact]
    public void What_was_only_durable_is_owed_once_a_later_write_was_answered()
    {
        Write("ada", 0, 10, WriteOutcome.Durable);
        Identify(20, 30, null);
        Identify(20, 30, "ada");
        Write("ada", 40, 50);
        Kinds().ShouldBeEmpty();
        Identify(50, 60, null);
        Kinds().ShouldBe([Broken.LostWrite]);
        Write(null, 70, 80);
        Identify(80, 90, "ada");
        Kinds().ShouldBe([Broken.LostWrite, Broken.Resurrected]);
    }

    [Fact]
    public void A_hidden_partial_is_caught()
    {
        Write("ada", 0, 10);
        _history.FaceQuestions.Enqueue(new FaceQuestion("node", 10, 20, "face", Claimed: null, Problem: null, "ada", Complete: false));
        Kinds().ShouldBe([Broken.HiddenPartial]);
    }

    [Fact]
    public void Only_documented_refusals_are_honest()
    {
        _history.FaceWrites.Enqueue(new FaceWrite("face", "ada", 0, 10, WriteOutcome.Unknown, "503 shards-missing"));
        _history.FaceWrites.Enqueue(new FaceWrite("face", "ada", 20, 30, WriteOutcome.Unknown, "409 merge-conflict") { IsDoubted = true });
        _history.FaceQuestions.Enqueue(new FaceQuestion("node", 30, 40, "face", Claimed: null, "503 no-embedder", Named: null));
        _history.Steps.Enqueue(new OperatorStep("switch", 40, "409 migration-not-ready"));
        Kinds().ShouldBeEmpty();
        _history.FaceWrites.Enqueue(new FaceWrite("face", "ada", 50, 60, WriteOutcome.Unknown, "409 merge-conflict"));
        _history.FaceWrites.Enqueue(new FaceWrite("face", "ada", 70, 80, WriteOutcome.Unknown, "500 internal") { IsDoubted = true });
        _history.FaceQuestions.Enqueue(new FaceQuestion("node", 80, 90, "face", Claimed: null, Problems.NoPerson, Named: null));
        _history.Steps.Enqueue(new OperatorStep("switch", 90, "500 internal"));
        Kinds().ShouldBe([Broken.UnexpectedProblem, Broken.UnexpectedProblem, Broken.UnexpectedProblem, Broken.UnexpectedProblem]);
    }

    [Fact]
    public void Rows_of_who_certainly_is_gone_are_caught()
    {
        _history.Writes.Enqueue(new WriteRecord("eve", [1], 0, 10, WriteOutcome.Acknowledged));
        _history.Writes.Enqueue(new WriteRecord("eve", null, 20, 30, WriteOutcome.Unknown));
        Write("ben", 0, 10);
        _history.SettledAt = 100;
        _history.Remaining = ["ben", "eve"];
        Kinds().ShouldBeEmpty("eve may be there still");
        Write(null, 20, 30);
        _history.Writes.Enqueue(new WriteRecord("eve", null, 40, 50, WriteOutcome.Acknowledged));
        Kinds().ShouldBe([Broken.NotErased, Broken.NotErased]);
    }

    private Broken[] Kinds() => [.. HistoryChecker.Check(_history).Select(violation => violation.Kind)];

    private void Write(string? person, long start, long end, WriteOutcome outcome = WriteOutcome.Acknowledged, bool isMove = false) =>
        _history.FaceWrites.Enqueue(new FaceWrite("face", person, start, end, outcome) { IsMove = isMove });

    private void Identify(long start, long end, string? named) => _history.FaceQuestions.Enqueue(new FaceQuestion("node", start, end, "face", Claimed: null, Problem: null, named));

    private void Verify(long start, long end, string claimed, bool? match) =>
        _history.FaceQuestions.Enqueue(new FaceQuestion("node", start, end, "face", claimed, match is null ? Problems.NoPerson : null, match == true ? claimed : null));
}
