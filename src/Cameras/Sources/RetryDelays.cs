namespace FaceGrid.Cameras.Sources;

/// <summary>
/// Pauses before a camera is connected to again: 1 s, doubling up to 30 s, each less a random part of up to a half, so that nodes do not
/// return together to cameras that vanished together.
/// </summary>
internal sealed class RetryDelays(Random random)
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    private TimeSpan _next = First;

    /// <summary>The next wait.</summary>
    public TimeSpan Next()
    {
        TimeSpan delay = _next * (0.5 + (random.NextDouble() / 2));
        _next = _next * 2 < Longest ? _next * 2 : Longest;
        return delay;
    }

    /// <summary>Begins with the shortest pause again, after frames have come for a while.</summary>
    public void Reset() => _next = First;
}
