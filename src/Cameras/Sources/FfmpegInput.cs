namespace FaceGrid.Cameras.Sources;

/// <summary>Input of an ffmpeg.</summary>
/// <param name="Arguments">
/// Its arguments up to <c>-i</c> and the input. Everybody who may list processes sees them, so they hold no credentials.
/// </param>
/// <param name="FeedAsync">
/// Runs beside ffmpeg and writes to its standard input, which is closed when it ends. It throws when going on is useless.
/// </param>
/// <param name="Clean">Removes secrets and addresses of the node from what ffmpeg says.</param>
internal sealed record FfmpegInput(
    string[] Arguments, Func<Stream, CancellationToken, Task> FeedAsync, Func<string, string> Clean) : IDisposable
{
    /// <summary>Released when ffmpeg has ended.</summary>
    public IDisposable? Held { get; init; }

    /// <inheritdoc/>
    public void Dispose() => Held?.Dispose();
}
