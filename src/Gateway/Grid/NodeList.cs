using FaceGrid.Abstractions.Cluster;

namespace FaceGrid.Gateway.Grid;

/// <summary>
/// The active nodes of the grid, from membership. Callers share one question to the grid, and its answer for a second. Safe for
/// concurrent use.
/// </summary>
internal sealed class NodeList(IGrainFactory grains, TimeProvider time)
{
    private static readonly TimeSpan FreshFor = TimeSpan.FromSeconds(1);

    // Membership is in the memory of every node: one that does not answer by now will not.
    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private Task<NodeInfo[]>? _reading;
    private NodeInfo[]? _latest;
    private long _readAt;

    /// <summary>What was read last, however long ago; null before the first time.</summary>
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

    /// <summary>The nodes as of at most a second ago.</summary>
    /// <param name="cancellationToken">Gives up.</param>
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

    /// <summary>Has the grid asked again at the next <see cref="GetAsync"/>.</summary>
    public void Doubt()
    {
        lock (_gate)
        {
            _readAt = time.GetTimestamp() - (long)(FreshFor.TotalSeconds * time.TimestampFrequency) - 1;
        }
    }

    private async Task<NodeInfo[]> ReadAsync()
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding); // Out of the lock.
        long start = time.GetTimestamp();
        NodeInfo[] nodes = await GridCaller.Find(() => grains.GetGrain<IClusterGrain>(0)).GetNodesAsync().WaitAsync(AnswerTime, time);
        lock (_gate)
        {
            (_latest, _readAt) = (nodes, start);
        }

        return nodes;
    }
}
