using System.Threading.Channels;
using FaceGrid.Abstractions.Cameras;
using FaceGrid.Cameras.Sources;

namespace FaceGrid.Cameras.Watching;

/// <summary>
/// Takes the frames of a camera, drops those that are not due, and keeps the newest: a newer one takes its place. Frames may be offered
/// from any thread; one caller at a time takes the newest.
/// </summary>
internal sealed class FrameIntake
{
    /// <summary>How long <see cref="NextAsync"/> waits for a frame.</summary>
    private static readonly TimeSpan IdlePeriod = TimeSpan.FromSeconds(1);

    private readonly CameraCounts _counts;
    private readonly TimeProvider _time;
    private readonly CameraClock _clock;
    private readonly FramePacer _pacer;
    private readonly Lock _gate = new();
    private readonly Channel<OfferedFrame> _newest;

    /// <summary>Makes the intake of a camera.</summary>
    /// <param name="framesPerSecond">Frames that are due per second, above 0.</param>
    /// <param name="counts">Counts dropped frames.</param>
    /// <param name="time">Clock.</param>
    public FrameIntake(double framesPerSecond, CameraCounts counts, TimeProvider time)
    {
        (_counts, _time) = (counts, time);
        _clock = new CameraClock(time);
        _pacer = new FramePacer(framesPerSecond);
        _newest = Channel.CreateBounded<OfferedFrame>(
            new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true }, Drop);
    }

    /// <summary>The camera's time at this moment.</summary>
    public TimeSpan Now
    {
        get
        {
            lock (_gate)
            {
                return _clock.Now;
            }
        }
    }

    /// <summary>Takes a frame.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="date">When it was taken, where its sender says; else null.</param>
    /// <param name="waiter">
    /// Completed with what is seen in the frame, and with null when it is dropped. A frame with one is always due.
    /// </param>
    /// <returns>False when it is not due.</returns>
    public bool Offer(Frame frame, DateTimeOffset? date, TaskCompletionSource<CameraView?>? waiter)
    {
        long arrivedAt = _time.GetTimestamp();
        lock (_gate)
        {
            TimeSpan at = _clock.Move(arrivedAt, date);
            if (_pacer.IsDue(at) || waiter is not null)
            {
                // After the end nobody reads; the frame is dropped like any other.
                if (!_newest.Writer.TryWrite(new OfferedFrame(frame, at, arrivedAt, waiter)))
                {
                    waiter?.TrySetResult(null);
                }

                return true;
            }
        }

        _counts.Drop();
        return false;
    }

    /// <summary>Takes the newest frame, or waits a second for one.</summary>
    /// <param name="stopping">Ends the wait with an exception.</param>
    /// <returns>The frame; null when none came.</returns>
    public async Task<OfferedFrame?> NextAsync(CancellationToken stopping)
    {
        using var idle = new CancellationTokenSource(IdlePeriod, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(idle.Token, stopping);
        try
        {
            return await _newest.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>Drops what waits, and all that comes later.</summary>
    public void Close()
    {
        _newest.Writer.TryComplete();
        while (_newest.Reader.TryRead(out OfferedFrame? left))
        {
            Drop(left);
        }
    }

    private void Drop(OfferedFrame frame)
    {
        _counts.Drop();
        frame.Waiter?.TrySetResult(null);
    }
}
