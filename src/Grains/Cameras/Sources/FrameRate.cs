namespace FaceGrid.Grains.Cameras.Sources;

/// <summary>Leaves out frames that come faster than asked for. On average it lets through the rate asked for, whatever the rate they come at; frames that come at the rate asked for, but unevenly, all pass.</summary>
internal sealed class FrameRate
{
    private readonly TimeSpan _period;
    private readonly TimeProvider _time;
    private readonly long _start;
    private TimeSpan _due;

    public FrameRate(double framesPerSecond, TimeProvider time)
    {
        _period = TimeSpan.FromSeconds(1 / framesPerSecond);
        _time = time;
        _start = time.GetTimestamp();
    }

    /// <summary>Whether a frame that has come now is wanted.</summary>
    public bool Wants()
    {
        TimeSpan now = _time.GetElapsedTime(_start);
        if (now < _due - (_period / 4))
        {
            return false;
        }

        // The next is due a period after this one was, not after it came: else 25 a second would be thinned to 4.2 instead of 5. Frames that did not come are not made up for.
        _due = (now - _period > _due ? now - _period : _due) + _period;
        return true;
    }
}
