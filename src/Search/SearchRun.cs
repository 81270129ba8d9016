namespace FaceGrid.Search;

/// <summary>A search under way, which keeps the state of the index that it looks at.</summary>
/// <param name="scan">What threads work on.</param>
/// <param name="leave">Called once, at the end.</param>
internal sealed class SearchRun(Scan scan, Action leave) : IDisposable
{
    /// <summary>What threads work on.</summary>
    public Scan Scan => scan;

    /// <summary>Gives the state back. No thread may be working.</summary>
    public void Dispose()
    {
        scan.Dispose();
        leave();
    }
}
