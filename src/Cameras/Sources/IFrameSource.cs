using FaceGrid.Abstractions.Cameras;

namespace FaceGrid.Cameras.Sources;

/// <summary>A source of frames. It reconnects by itself, with longer pauses each time, until it is cancelled.</summary>
public interface IFrameSource
{
    /// <summary>How it is doing; may be asked at any time from any thread.</summary>
    SourceHealth Health { get; }

    /// <summary>Fetches frames until cancelled. It never throws for what a camera does: that shows in <see cref="Health"/>.</summary>
    /// <param name="onFrame">Takes each frame, and returns at once. Called from one thread at a time.</param>
    /// <param name="cancellationToken">Ends it; its processes and connections are gone when the task ends.</param>
    /// <returns>When it has ended.</returns>
    Task RunAsync(Action<Frame> onFrame, CancellationToken cancellationToken);
}
