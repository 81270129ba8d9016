using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Rules;
using FaceGrid.Cameras.Rules;
using FaceGrid.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Rules;

/// <summary>
/// Goal: what a rule gave up is kept once, whatever the database does. Method: a row in memory that fails as told, and a clock that the
/// test moves.
/// </summary>
public sealed class DeadLettersTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly MemoryRow<RuleLettersState> _row = new();
    private readonly DeadLetters _letters;

    public DeadLettersTests() =>
        _letters = new DeadLetters("r", _row, new SemaphoreSlim(1), new RetryPause(_time, new Random(1)), NullLogger.Instance);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AddUntilDone_DatabaseAway_AddsOnceWhenItIsBack()
    {
        _row.Failures.Enqueue(Away());
        _row.Failures.Enqueue(Away());
        _row.Stored = () => new RuleLettersState { Letters = [Letter(1)] }; // The first write was carried out, and its answer was lost.
        Task adding = _letters.AddUntilDoneAsync(Letter(1), Cancel);
        await PassAsync(adding);
        (_row.State.Letters.Count, _row.Reads, _row.Writes, _letters.Count).ShouldBe((1, 2, 1, 1));
    }

    [Fact]
    public async Task AddUntilDone_AnotherFailure_IsThrown()
    {
        _row.Failures.Enqueue(new InvalidOperationException("as the test wishes"));
        await Should.ThrowAsync<InvalidOperationException>(_letters.AddUntilDoneAsync(Letter(1), Cancel));
    }

    [Fact]
    public async Task AddUntilDone_TooMany_DropsTheOldest()
    {
        _row.State.Letters = [.. Enumerable.Range(1, DeadLetters.LettersMax).Select(Letter)];
        await _letters.AddUntilDoneAsync(Letter(DeadLetters.LettersMax + 1), Cancel);
        (_letters.Count, _letters.Dropped).ShouldBe((DeadLetters.LettersMax, 1));
        (await _letters.FindAsync("r-1")).ShouldBeNull();
        (await _letters.FindAsync("r-2")).ShouldNotBeNull();
    }

    [Fact]
    public async Task List_AfterAFailedRemoval_IsWhatTheRowHolds()
    {
        await _letters.AddUntilDoneAsync(Letter(1), Cancel);
        _row.Failures.Enqueue(Away());
        await Should.ThrowAsync<FaceGridException>(_letters.RemoveAsync("r-1"));
        _row.Stored = () => new RuleLettersState { Letters = [Letter(1)] }; // It was not carried out.
        (await _letters.ListAsync()).Single().Id.ShouldBe("r-1");
        await _letters.RemoveAsync("r-1");
        (await _letters.ListAsync()).ShouldBeEmpty();
        _row.Reads.ShouldBe(1);
    }

    [Fact]
    public async Task NoteAttempt_CountsAndSaysWhy()
    {
        await _letters.AddUntilDoneAsync(Letter(1), Cancel);
        await _letters.AddUntilDoneAsync(Letter(2), Cancel);
        await _letters.NoteAttemptAsync(Letter(1), "The target answered 410.");
        await _letters.NoteAttemptAsync(Letter(3), "It is not there.");
        (await _letters.ListAsync()).Select(letter => (letter.Id, letter.Attempts, letter.Error))
            .ShouldBe([("r-1", 4, "The target answered 410."), ("r-2", 3, "The target answered 404.")]);
    }

    private static DeadLetter Letter(int position) =>
        new($"r-{position}", position, "begun", Visits.Morning, 3, "The target answered 404.");

    private static FaceGridException Away() => new(ErrorCodes.StorageUnavailable, "as the test wishes");

    private Task PassAsync(Task waiting) => Eventually.AssertAsync(() =>
    {
        _time.Advance(TimeSpan.FromSeconds(10));
        waiting.IsCompleted.ShouldBeTrue();
        return Task.CompletedTask;
    });
}
