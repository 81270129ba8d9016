using System.Diagnostics;
using FaceGrid.Abstractions.Errors;
using Microsoft.Extensions.Logging;

namespace FaceGrid.Cameras.Watching;

/// <summary>
/// What a camera asks the grid for a frame. A question without an answer costs the frame its votes; the next frame asks again.
/// </summary>
/// <param name="time">Clock of the time limit.</param>
/// <param name="logger">Log.</param>
internal sealed partial class GridQuestions(TimeProvider time, ILogger logger)
{
    /// <summary>How long an answer is waited for: a node that dies answers nobody, and frames pass meanwhile.</summary>
    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(3);

    /// <summary>Time spent on questions since <see cref="Begin"/>.</summary>
    public TimeSpan Spent { get; private set; }

    /// <summary>Why faces cannot be named, in words; null when nothing keeps them from it.</summary>
    public string? Problem { get; set; }

    /// <summary>Another frame begins.</summary>
    public void Begin() => (Spent, Problem) = (TimeSpan.Zero, null);

    /// <summary>Asks.</summary>
    /// <param name="ask">Puts the question.</param>
    /// <param name="cancellationToken">Stops waiting and throws.</param>
    /// <returns>The answer; null when there was none, and <see cref="Problem"/> says why.</returns>
    public async Task<T?> AskAsync<T>(Func<Task<T>> ask, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        try
        {
            return await ask().WaitAsync(AnswerTime, time, cancellationToken);
        }
        catch (Exception failure) when (failure is OrleansException || TransientFailures.Includes(failure, cancellationToken))
        {
            // Whatever a gallery says against a question: the camera goes on, and says so.
            Problem = failure is FaceGridException problem ? problem.Message : "The galleries do not answer.";
            LogNotAnswered(logger, failure);
            return default;
        }
        finally
        {
            Spent += Stopwatch.GetElapsedTime(start);
        }
    }

    [LoggerMessage(1, LogLevel.Debug, "The galleries did not answer a question of a camera")]
    private static partial void LogNotAnswered(ILogger logger, Exception cause);
}
