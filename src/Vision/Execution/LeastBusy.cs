namespace FaceGrid.Vision.Execution;

/// <summary>
/// The same model opened on several devices. Each call takes the device with the fewest running calls; among equals it takes the first.
/// </summary>
/// <remarks>Safe for concurrent calls.</remarks>
/// <typeparam name="T">The opened model. It must be safe for concurrent calls.</typeparam>
/// <param name="items">One per device; at least one.</param>
internal sealed class LeastBusy<T>(IReadOnlyList<T> items)
{
    private readonly Lock _lock = new();
    private readonly int[] _calls = new int[items.Count];

    /// <summary>All of them.</summary>
    public IReadOnlyList<T> Items => items;

    /// <summary>Does some work with one of them.</summary>
    /// <param name="work">The work.</param>
    /// <returns>The result of the work.</returns>
    public TResult Use<TResult>(Func<T, TResult> work)
    {
        int index = Take();
        try
        {
            return work(items[index]);
        }
        finally
        {
            lock (_lock)
            {
                _calls[index]--;
            }
        }
    }

    private int Take()
    {
        lock (_lock)
        {
            int least = 0;
            for (int index = 1; index < _calls.Length; index++)
            {
                least = _calls[index] < _calls[least] ? index : least;
            }

            _calls[least]++;
            return least;
        }
    }
}
