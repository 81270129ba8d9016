using FaceGrid.Models;

namespace FaceGrid.Cli.Models;

/// <summary>Passes on how far a download is, in order, on the thread that says so.</summary>
/// <param name="reach">Receives the number of bytes on disk.</param>
internal sealed class DownloadProgress(Action<long> reach) : IProgress<ModelDownloadProgress>
{
    /// <inheritdoc/>
    public void Report(ModelDownloadProgress value) => reach(value.BytesDone);
}
