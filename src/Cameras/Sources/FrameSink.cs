using FaceGrid.Abstractions.Cameras;

namespace FaceGrid.Cameras.Sources;

/// <summary>
/// Takes the frames of a reader: counts them, drops those that come too fast, hands on the rest, and knows how the source is doing. One
/// reader at a time uses it; <see cref="Health"/> may be asked from any thread.
/// </summary>
internal sealed class FrameSink(double framesPerSecond, TimeProvider time)
{
    // A source that has delivered for so long works.
    private static readonly TimeSpan Steady = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly FramePacer _pacer = new(framesPerSecond);
    private readonly long _start = time.GetTimestamp();
    private Action<Frame> _onFrame = static _ => { };
    private Action _onAlive = static () => { };
    private SourceHealth _health = new(Connected: false, Frames: 0, LastFrameAt: null, Restarts: 0, Error: null);
    private long? _aliveSince;

    /// <summary>How the source is doing.</summary>
    public SourceHealth Health
    {
        get
        {
            lock (_gate)
            {
                return _health;
            }
        }
    }

    /// <summary>What a reader found wrong with the data since it began, or null. It is shown when no better reason follows.</summary>
    public string? Note { get; set; }

    /// <summary>Whether frames came for at least 5 s since the last <see cref="Begin"/>.</summary>
    public bool IsSteady => _aliveSince is { } since && time.GetElapsedTime(since) >= Steady;

    /// <summary>A reader begins.</summary>
    /// <param name="onFrame">Gets each frame that is wanted.</param>
    /// <param name="onAlive">Called at each sign that the camera works.</param>
    public void Begin(Action<Frame> onFrame, Action onAlive)
    {
        _onFrame = onFrame;
        _onAlive = onAlive;
        _aliveSince = null;
        Note = null;
    }

    /// <summary>The camera works, although it has sent no new frame.</summary>
    public void Alive()
    {
        _aliveSince ??= time.GetTimestamp();
        _onAlive();
        lock (_gate)
        {
            _health = _health with { Connected = true, Error = null };
        }
    }

    /// <summary>A frame has come.</summary>
    /// <param name="picture">The picture; copied if it is wanted.</param>
    public void Take(ReadOnlySpan<byte> picture)
    {
        DateTimeOffset now = time.GetUtcNow();
        Alive();
        lock (_gate)
        {
            _health = _health with { Frames = _health.Frames + 1, LastFrameAt = now };
        }

        if (_pacer.IsDue(time.GetElapsedTime(_start)))
        {
            _onFrame(new Frame(picture.ToArray(), now));
        }
    }

    /// <summary>A frame has come together with newer ones, and is dropped.</summary>
    public void Skip()
    {
        lock (_gate)
        {
            _health = _health with { Frames = _health.Frames + 1 };
        }
    }

    /// <summary>The reader has ended.</summary>
    /// <param name="words">Why; null when it was cancelled.</param>
    public void Ended(string? words)
    {
        lock (_gate)
        {
            _health = _health with { Connected = false, Error = words };
        }
    }

    /// <summary>A reader begins again.</summary>
    public void Restarting()
    {
        lock (_gate)
        {
            _health = _health with { Restarts = _health.Restarts + 1 };
        }
    }
}
