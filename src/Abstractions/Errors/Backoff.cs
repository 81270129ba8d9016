namespace FaceGrid.Abstractions.Errors;

/// <summary>How long to wait before something is tried again: twice as long after each failure, up to a limit.</summary>
public static class Backoff
{
    /// <summary>The pause before another attempt.</summary>
    /// <param name="attempt">How many attempts failed before this one; 0 for the first failure in a row.</param>
    /// <param name="first">The pause after the first failure, more than zero.</param>
    /// <param name="longest">The longest pause, at least <paramref name="first"/>.</param>
    /// <returns>From <paramref name="first"/> to <paramref name="longest"/>.</returns>
    public static TimeSpan Pause(int attempt, TimeSpan first, TimeSpan longest)
    {
        double factor = Math.Pow(2, attempt);
        return factor < longest / first ? first * factor : longest;
    }

    /// <summary>
    /// The pause before another attempt, less a random part of at most a half: callers that failed together do not all return together.
    /// </summary>
    /// <param name="attempt">How many attempts failed before this one; 0 for the first failure in a row.</param>
    /// <param name="first">The pause after the first failure, more than zero.</param>
    /// <param name="longest">The longest pause, at least <paramref name="first"/>.</param>
    /// <param name="random">Chooses the part.</param>
    /// <returns>From half of <paramref name="first"/> to <paramref name="longest"/>.</returns>
    public static TimeSpan Pause(int attempt, TimeSpan first, TimeSpan longest, Random random) =>
        Pause(attempt, first, longest) * (0.5 + (random.NextDouble() / 2));
}
