using FaceGrid.Abstractions.Cluster;

namespace FaceGrid.Gateway.Grid;

/// <summary>
/// The active nodes of the grid, from membership. Callers that ask at the same time share one call to the grid, and its answer is used for
/// a second. Safe for concurrent use.
/// </summary>
internal sealed class NodeList(IGrainFactory grains, TimeProvider time)
{
    private static readonly TimeSpan FreshFor = TimeSpan.FromSeconds(1);

    // Every node has membership in memory. A node that does not answer within this time will not answer at all.
    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private Task<NodeInfo[]>? _reading;
    private NodeInfo[]? _latest;
    private long _readAt;

    /// <summary>The nodes that were read last, however long ago; null before the first reading.</summary>
    public NodeInfo[]? Latest
    {
        get
        {
            lock (_gate)
            {
                return _latest;
            }
        }
    }

    /// <summary>The nodes, as they were at most a second ago.</summary>
    /// <param name="cancellationToken">Ends the wait. The reading goes on for other callers.</param>
    /// <exception cref="TimeoutException">The node that was asked does not answer.</exception>
    public Task<NodeInfo[]> GetAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_latest is not null && time.GetElapsedTime(_readAt) < FreshFor)
            {
                return Task.FromResult(_latest);
            }

            if (_reading is null or { IsCompleted: true })
            {
                _reading = ReadAsync();
            }

            return _reading.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Marks the list as old, so that the next <see cref="GetAsync"/> asks the grid again.</summary>
    public void Doubt()
    {
        lock (_gate)
        {
            _readAt = time.GetTimestamp() - (long)(FreshFor.TotalSeconds * time.TimestampFrequency) - 1;
        }
    }

    private async Task<NodeInfo[]> ReadAsync()
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding); // Leaves the caller's lock.
        long start = time.GetTimestamp();
        NodeInfo[] nodes = await GridCaller.Find(() => grains.GetGrain<IClusterGrain>(0)).GetNodesAsync().WaitAsync(AnswerTime, time);
        lock (_gate)
        {
            (_latest, _readAt) = (nodes, start);
        }

        return nodes;
    }
}
