namespace FaceGrid.Cameras.Watching;

/// <summary>
/// The time of a camera, in which tracks and visits are measured. It never goes back. Frames with a date of their sender move it by their
/// dates, so that a recording may be sent faster than it was made. Other frames move it by the time since the last frame, whatever the
/// machine's clock says, so that setting that clock ends no visit and begins none.
/// </summary>
/// <param name="time">Measures elapsed time.</param>
internal sealed class CameraClock(TimeProvider time)
{
    /// <summary>
    /// The farthest that the date of a frame moves the clock: longer than anything that is measured by it. Otherwise a few frames with
    /// dates millennia apart would bring it to its end, and it could take no frame after them.
    /// </summary>
    private static readonly TimeSpan StepMax = TimeSpan.FromDays(1);

    private TimeSpan _now;
    private long _at = time.GetTimestamp();
    private DateTimeOffset? _dated;

    /// <summary>Time at this moment, where no frame comes.</summary>
    public TimeSpan Now => _now + time.GetElapsedTime(_at);

    /// <summary>Moves the clock to a frame.</summary>
    /// <param name="arrivedAt">When it came, as <see cref="TimeProvider.GetTimestamp"/> gave it.</param>
    /// <param name="date">When it was taken, where the sender says; else null.</param>
    /// <returns>Its time.</returns>
    public TimeSpan Move(long arrivedAt, DateTimeOffset? date)
    {
        TimeSpan step = date is { } now && _dated is { } before ? now - before : time.GetElapsedTime(_at, arrivedAt);
        _now += step > StepMax ? StepMax : step > TimeSpan.Zero ? step : TimeSpan.Zero;
        (_at, _dated) = (arrivedAt, date);
        return _now;
    }
}
