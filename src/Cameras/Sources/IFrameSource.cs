using FaceGrid.Abstractions.Cameras;

namespace FaceGrid.Cameras.Sources;

/// <summary>Something that frames are fetched from. It reconnects by itself, waiting longer each time, until it is told to end.</summary>
public interface IFrameSource
{
    /// <summary>How it is doing; may be asked at any time from any thread.</summary>
    SourceHealth Health { get; }

    /// <summary>Fetches frames until cancelled. Never throws for what a camera does: that shows in <see cref="Health"/>.</summary>
    /// <param name="onFrame">Takes each frame; returns at once (it keeps the newest and drops what it cannot use). Called from one thread at a time.</param>
    /// <param name="cancellationToken">Ends it; processes and connections it opened are gone when the task ends.</param>
    /// <returns>When it has ended.</returns>
    Task RunAsync(Action<Frame> onFrame, CancellationToken cancellationToken);
}
