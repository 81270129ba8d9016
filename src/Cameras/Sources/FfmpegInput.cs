namespace FaceGrid.Cameras.Sources;

/// <summary>What ffmpeg is to read.</summary>
/// <param name="Arguments">Its arguments up to and with <c>-i</c>; whoever may list processes sees them, so they hold no credentials.</param>
/// <param name="FeedAsync">Runs beside ffmpeg and writes to its standard input, which is closed when it ends; throws what makes going on useless.</param>
/// <param name="Clean">Takes out of what ffmpeg says what nobody should see, and what only the node knows.</param>
internal sealed record FfmpegInput(string[] Arguments, Func<Stream, CancellationToken, Task> FeedAsync, Func<string, string> Clean) : IDisposable
{
    /// <summary>What is to be released when ffmpeg has ended.</summary>
    public IDisposable? Held { get; init; }

    /// <inheritdoc/>
    public void Dispose() => Held?.Dispose();
}
