namespace FaceGrid.Cameras.Sources;

/// <summary>Fetches frames in one way, once: <see cref="FrameSource"/> starts it again when it ends.</summary>
internal interface IFrameReader
{
    /// <summary>Connects and hands on what comes until the camera ends it. Whatever it opened is gone when the task ends.</summary>
    /// <param name="sink">Takes frames and notes.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>When the camera has ended the stream.</returns>
    /// <exception cref="SourceFailure">The camera cannot be read; says why.</exception>
    Task ReadAsync(FrameSink sink, CancellationToken cancellationToken);
}
