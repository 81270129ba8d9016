using FaceGrid.Abstractions.Errors;
using FaceGrid.Cameras.Watching;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Cameras;

/// <summary>
/// Goal: a grid that does not answer costs a camera's frame its votes and nothing else. Method: questions that fail as told.
/// </summary>
public sealed class GridQuestionsTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly GridQuestions _questions;

    public GridQuestionsTests() => _questions = new GridQuestions(_time, NullLogger.Instance);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<Exception, string> Failures => new()
    {
        { new FaceGridException(ErrorCodes.GalleryNotFound, "There is no gallery with this id."), "There is no gallery with this id." },
        { new SiloUnavailableException("as the test wishes"), "The galleries do not answer." },
        { new OperationCanceledException("as the test wishes"), "The galleries do not answer." },
    };

    [Theory]
    [MemberData(nameof(Failures), DisableDiscoveryEnumeration = true)]
    public async Task Ask_GridFails_HasNoAnswerAndSaysWhy(Exception failure, string problem)
    {
        (await _questions.AskAsync(() => Task.FromException<string>(failure), Cancel)).ShouldBeNull();
        _questions.Problem.ShouldBe(problem);
        _questions.Begin();
        (_questions.Problem, _questions.Spent).ShouldBe((null, TimeSpan.Zero));
    }

    [Fact]
    public async Task Ask_NoAnswerInTime_GoesOnWithout()
    {
        var never = new TaskCompletionSource<string>();
        Task<string?> asking = _questions.AskAsync(() => never.Task, Cancel);
        _time.Advance(TimeSpan.FromSeconds(2.9));
        asking.IsCompleted.ShouldBeFalse();
        _time.Advance(TimeSpan.FromSeconds(0.2));
        (await asking.WaitAsync(TimeSpan.FromSeconds(30), Cancel)).ShouldBeNull();
        _questions.Problem.ShouldBe("The galleries do not answer.");
    }

    [Fact]
    public async Task Ask_CameraStops_Throws()
    {
        using var stopping = new CancellationTokenSource();
        Task<string?> asking = _questions.AskAsync(() => new TaskCompletionSource<string>().Task, stopping.Token);
        await stopping.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(asking);
    }

    [Fact]
    public async Task Ask_Mistake_Throws() => await Should.ThrowAsync<InvalidOperationException>(
        _questions.AskAsync(() => Task.FromException<string>(new InvalidOperationException("as the test wishes")), Cancel));
}
