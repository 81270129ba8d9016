namespace FaceGrid.Client;

/// <summary>Counts a piece of work. Safe for concurrent use.</summary>
public interface IWork : IAsyncDisposable
{
    /// <summary>Counts more as done.</summary>
    /// <param name="count">How much more.</param>
    /// <param name="failures">How many failed so far, all together.</param>
    void Advance(long count = 1, int failures = 0);
}
