namespace FaceGrid.Grains.Cameras;

/// <summary>Lets through so many frames per second, whatever more come. One that comes a little early is let through if the one before came late.</summary>
/// <param name="framesPerSecond">Above 0.</param>
internal sealed class FramePacer(double framesPerSecond)
{
    private readonly TimeSpan _interval = TimeSpan.FromSeconds(1 / framesPerSecond);
    private TimeSpan? _due;

    /// <summary>Whether a frame is due.</summary>
    /// <param name="now">Time of the frame, on a clock that does not go back.</param>
    public bool IsDue(TimeSpan now)
    {
        if (_due is { } due && now < due)
        {
            return false;
        }

        // A pause is not made up for; being late by less than an interval is.
        TimeSpan next = (_due ?? now) + _interval;
        _due = next > now ? next : now + _interval;
        return true;
    }
}
