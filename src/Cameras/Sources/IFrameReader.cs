namespace FaceGrid.Cameras.Sources;

/// <summary>Fetches frames in one way, once: <see cref="FrameSource"/> starts it again when it ends.</summary>
internal interface IFrameReader
{
    /// <summary>
    /// Connects and hands on frames until the camera ends the stream. When the task ends, everything that it opened is closed.
    /// </summary>
    /// <param name="sink">Takes frames and notes.</param>
    /// <param name="cancellationToken">Ends the stream.</param>
    /// <returns>When the camera has ended the stream.</returns>
    /// <exception cref="SourceFailure">The camera cannot be read; the message says why.</exception>
    Task ReadAsync(FrameSink sink, CancellationToken cancellationToken);
}
