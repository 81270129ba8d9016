using FaceGrid.Abstractions.Cameras;

namespace FaceGrid.Cameras.Watching;

/// <summary>
/// Counts and times of a camera since it was started. Counts may be read and changed from any thread; one thread at a time adds times.
/// </summary>
internal sealed class CameraCounts
{
    private readonly Lock _gate = new();
    private CameraSeconds _seconds = new(0, 0, 0, 0, 0, 0);
    private long _processed, _dropped, _unusable;

    /// <summary>Frames looked at.</summary>
    public long Processed => Interlocked.Read(ref _processed);

    /// <summary>Frames that were dropped.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Frames that were no pictures.</summary>
    public long Unusable => Interlocked.Read(ref _unusable);

    /// <summary>Where the time went.</summary>
    public CameraSeconds Seconds
    {
        get
        {
            lock (_gate)
            {
                return _seconds;
            }
        }
    }

    /// <summary>A frame was looked at.</summary>
    /// <param name="spent">Where its time went.</param>
    public void Looked(CameraSeconds spent)
    {
        Interlocked.Increment(ref _processed);
        CameraMetrics.Looked(spent);
        lock (_gate)
        {
            _seconds = new CameraSeconds(
                _seconds.Wait + spent.Wait,
                _seconds.Decode + spent.Decode,
                _seconds.Detect + spent.Detect,
                _seconds.Embed + spent.Embed,
                _seconds.Search + spent.Search,
                _seconds.Other + spent.Other);
        }
    }

    /// <summary>A frame was not looked at.</summary>
    public void Drop()
    {
        Interlocked.Increment(ref _dropped);
        CameraMetrics.CameraFrames.AddOne("dropped");
    }

    /// <summary>A frame was no picture.</summary>
    public void Refuse()
    {
        Interlocked.Increment(ref _unusable);
        CameraMetrics.CameraFrames.AddOne("unusable");
    }
}
