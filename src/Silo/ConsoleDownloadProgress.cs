using FaceGrid.Models;

namespace FaceGrid.Silo;

/// <summary>Prints the progress of a model download to the console while the node starts: a line per tenth.</summary>
internal sealed class ConsoleDownloadProgress : IProgress<ModelDownloadProgress>
{
    private int _last = -1;

    /// <inheritdoc/>
    public void Report(ModelDownloadProgress value)
    {
        int tenth = value.BytesTotal > 0 ? (int)(10 * value.BytesDone / value.BytesTotal) : 0;
        if (tenth != _last)
        {
            _last = tenth;
            Console.WriteLine($"Downloading model {value.ProfileId}: {tenth * 10} % of {value.BytesTotal / 1024} KiB");
        }
    }
}
