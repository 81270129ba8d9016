namespace FaceGrid.Cameras.Sources;

/// <summary>
/// Lets so many frames per second through and drops the others. A frame that comes up to half an interval early is let through: cameras are
/// not punctual, and the next frame is then due later.
/// </summary>
/// <param name="framesPerSecond">Above 0.</param>
internal sealed class FramePacer(double framesPerSecond)
{
    private readonly TimeSpan _interval = TimeSpan.FromSeconds(1 / framesPerSecond);
    private TimeSpan? _due;

    /// <summary>Whether a frame is due.</summary>
    /// <param name="now">Time of the frame, on a clock that does not go back.</param>
    public bool IsDue(TimeSpan now)
    {
        if (_due is { } due && now < due - (_interval / 2))
        {
            return false;
        }

        // Frames that were missing in a pause are not made up for.
        TimeSpan next = (_due ?? now) + _interval;
        _due = next > now ? next : now + _interval;
        return true;
    }
}
