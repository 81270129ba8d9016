using System.Collections.Concurrent;

namespace FaceGrid.Gateway;

/// <summary>
/// Sends pictures to embedder nodes: the less loaded of two random ones by the requests that this gateway has under way, and another when
/// one fails or is full. Knows the nodes from membership, at most a second old.
/// </summary>
internal sealed class EmbedderDirectory(GridCaller grid, GatewayMetrics metrics, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan NodesFreshFor = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _refresh = new(1, 1);
    private readonly ConcurrentDictionary<string, int> _inFlight = new(StringComparer.Ordinal);
    private Snapshot? _nodes;

    private sealed record Snapshot(string[] Embedders, long At);

    /// <summary>Reads one picture.</summary>
    /// <param name="picture">Encoded bytes.</param>
    /// <param name="embed">True to compute embeddings.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The faces and the node that found them.</returns>
    /// <exception cref="FaceGridException">What the embedder says; <see cref="ErrorCodes.Busy"/> when all are full; <see cref="ErrorCodes.NoEmbedder"/> when there is none.</exception>
    public async Task<Analysis> AnalyseAsync(byte[] picture, bool embed, CancellationToken cancellationToken)
    {
        long start = time.GetTimestamp();
        for (int round = 0; ; round++)
        {
            string[] nodes = await NodesAsync(cancellationToken);
            (Analysis? analysis, Exception? failure, bool busy) = await TryAllAsync(nodes, picture, embed, cancellationToken);
            if (analysis is not null)
            {
                return analysis;
            }

            if (busy)
            {
                metrics.Refused(RefusalReason.Embedders);
                throw new FaceGridException(ErrorCodes.Busy, "Every embedder has a full queue; try again.");
            }

            if (failure is null || time.GetElapsedTime(start) >= GridCaller.RetryFor)
            {
                throw new FaceGridException(ErrorCodes.NoEmbedder, "No node with the embedder role answers, so pictures cannot be read.", failure);
            }

            Volatile.Write(ref _nodes, null);
            await Task.Delay(GridCaller.PauseBefore(round), time, cancellationToken);
        }
    }

    /// <summary>The verify threshold that embedders of the grid promise for vectors of a contract, or of a length when the contract is not known.</summary>
    /// <param name="contract">Contract id, or null.</param>
    /// <param name="dimension">Floats per vector.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The threshold, or null when no embedder makes such vectors.</returns>
    public async Task<Threshold?> VerifyThresholdAsync(string? contract, int dimension, CancellationToken cancellationToken)
    {
        foreach (string node in await NodesAsync(cancellationToken))
        {
            try
            {
                EmbedderInfo info = await grid.Embedder(node).DescribeAsync().WaitAsync(cancellationToken);
                if (info.Verify is not null && info.Contract.Dimension == dimension && (contract is null || info.Contract.Id == contract))
                {
                    return info.Verify;
                }
            }
            catch (Exception exception) when (ProblemMapping.IsTransient(exception))
            {
                // Another node may run the same model.
                Volatile.Write(ref _nodes, null);
            }
        }

        return null;
    }

    public void Dispose() => _refresh.Dispose();

    private async Task<(Analysis? Analysis, Exception? Failure, bool Busy)> TryAllAsync(string[] nodes, byte[] picture, bool embed, CancellationToken cancellationToken)
    {
        var left = new List<string>(nodes);
        Exception? failure = null;
        bool busy = false;
        while (left.Count > 0)
        {
            string node = Pick(left);
            left.Remove(node);
            _inFlight.AddOrUpdate(node, 1, static (_, count) => count + 1);
            try
            {
                PictureFaces faces = await grid.Embedder(node).AnalyseAsync(picture, embed, cancellationToken).WaitAsync(cancellationToken);
                return (new Analysis(faces, node), null, false);
            }
            catch (FaceGridException problem) when (problem.Code == ErrorCodes.Busy)
            {
                busy = true;
            }
            catch (Exception exception) when (ProblemMapping.IsTransient(exception))
            {
                failure = exception;
            }
            finally
            {
                _inFlight.AddOrUpdate(node, 0, static (_, count) => count - 1);
            }
        }

        return (null, failure, busy);
    }

    private string Pick(List<string> nodes)
    {
        string first = nodes[Random.Shared.Next(nodes.Count)];
        string second = nodes[Random.Shared.Next(nodes.Count)];
        return _inFlight.GetValueOrDefault(second) < _inFlight.GetValueOrDefault(first) ? second : first;
    }

    private async Task<string[]> NodesAsync(CancellationToken cancellationToken)
    {
        if (Fresh() is { } cached)
        {
            return cached;
        }

        await _refresh.WaitAsync(cancellationToken);
        try
        {
            return Fresh() ?? await RefreshAsync(cancellationToken);
        }
        finally
        {
            _refresh.Release();
        }
    }

    private string[]? Fresh() =>
        Volatile.Read(ref _nodes) is { } nodes && time.GetElapsedTime(nodes.At) < NodesFreshFor ? nodes.Embedders : null;

    private async Task<string[]> RefreshAsync(CancellationToken cancellationToken)
    {
        NodeInfo[] nodes = await grid.CallAsync(_ => grid.Cluster.GetNodesAsync(), cancellationToken);
        string[] embedders = [.. nodes.Where(node => node.Roles.Contains("embedder", StringComparer.Ordinal)).Select(node => node.Address)];
        foreach (string gone in _inFlight.Where(entry => entry.Value == 0).Select(entry => entry.Key).Except(embedders, StringComparer.Ordinal))
        {
            _inFlight.TryRemove(new KeyValuePair<string, int>(gone, 0));
        }

        Volatile.Write(ref _nodes, new Snapshot(embedders, time.GetTimestamp()));
        return embedders;
    }
}
