using FaceGrid.Abstractions.Errors;

namespace FaceGrid.Cameras.Rules;

/// <summary>
/// The pause between two attempts: 1 s after the first, doubled each time up to 60 s, less a random part of at most a half. The random
/// part keeps rules that failed together from returning together.
/// </summary>
/// <param name="time">Clock.</param>
/// <param name="random">Chooses the random parts.</param>
internal sealed class RetryPause(TimeProvider time, Random random)
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(1), Longest = TimeSpan.FromSeconds(60);

    /// <summary>Waits before the next attempt.</summary>
    /// <param name="attempt">How many attempts have failed, 1 or more.</param>
    /// <param name="cancellationToken">Ends the pause early. The call then returns as usual; the caller asks its tokens why.</param>
    /// <returns>When the pause is over.</returns>
    public async Task WaitAsync(int attempt, CancellationToken cancellationToken)
    {
        TimeSpan pause = Backoff.Pause(attempt - 1, First, Longest, random);
        await Task.Delay(pause, time, cancellationToken).ConfigureAwait(
            // Callers stay on their grain's scheduler.
            ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }
}
