using FaceGrid.Models;

namespace FaceGrid.Cli.Models;

/// <summary>Passes on the progress of a download, in order, on the thread that reports it.</summary>
/// <param name="reach">Receives the number of bytes on disk.</param>
internal sealed class DownloadProgress(Action<long> reach) : IProgress<ModelDownloadProgress>
{
    /// <inheritdoc/>
    public void Report(ModelDownloadProgress value) => reach(value.BytesDone);
}
