using FaceGrid.Abstractions.Errors;

namespace FaceGrid.Cameras.Sources;

/// <summary>
/// Pauses before a camera is connected to again: 1 s, doubling up to 30 s, each less a random part of up to a half, so that nodes do not
/// return together to cameras that vanished together.
/// </summary>
/// <param name="random">Chooses the random parts.</param>
internal sealed class RetryDelays(Random random)
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(1), Longest = TimeSpan.FromSeconds(30);

    private int _failures;

    /// <summary>The next wait.</summary>
    /// <returns>From 0.5 s to 30 s.</returns>
    public TimeSpan Next() => Backoff.Pause(_failures++, First, Longest, random);

    /// <summary>Begins with the shortest pause again, after frames have come for a while.</summary>
    public void Reset() => _failures = 0;
}
