namespace FaceGrid.Search;

/// <summary>A search under way. It keeps the state of the index that it looks at.</summary>
/// <param name="scan">The work of the threads.</param>
/// <param name="leave">Called once, when the run is disposed.</param>
internal sealed class SearchRun(Scan scan, Action leave) : IDisposable
{
    /// <summary>The work of the threads.</summary>
    public Scan Scan => scan;

    /// <summary>Gives the state back. No thread may be working.</summary>
    public void Dispose()
    {
        scan.Dispose();
        leave();
    }
}
