using FaceGrid.Models;

namespace FaceGrid.Silo;

/// <summary>Tells whoever watches the node start that a model is on its way: a line per tenth.</summary>
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
