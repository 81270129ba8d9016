namespace FaceGrid.Cameras.Sources;

/// <summary>How long to wait before a camera is connected to again: twice as long each time up to half a minute, less a random part of up to a half, so that cameras that vanished together do not return together.</summary>
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

    /// <summary>Begins anew, after frames have come for a while.</summary>
    public void Reset() => _next = First;
}
