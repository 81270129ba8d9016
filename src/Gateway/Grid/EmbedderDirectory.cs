using FaceGrid.Abstractions.Cluster;
using FaceGrid.Abstractions.Embedding;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Galleries;
using FaceGrid.Abstractions.People;
using FaceGrid.Gateway.Observability;
using FaceGrid.Gateway.Problems;

namespace FaceGrid.Gateway.Grid;

/// <summary>
/// Sends pictures to embedder nodes: to the less loaded of two random nodes, and to another when a node fails or is full. The list of nodes
/// comes from membership and is at most a second old.
/// </summary>
internal sealed class EmbedderDirectory(GridCaller grid, NodeList nodes, GatewayMetrics metrics, TimeProvider time)
{
    private readonly EmbedderLoad _load = new(Random.Shared);

    /// <summary>Reads one picture.</summary>
    /// <param name="picture">Encoded bytes.</param>
    /// <param name="request">What to compute for the faces. Only a node that makes vectors of its contracts can answer.</param>
    /// <param name="pad">Whether faces are checked for liveness. When it is required, only a node that can check it can answer.</param>
    /// <param name="cancellationToken">Ends the call. A node that already has the picture may still read it.</param>
    /// <returns>The faces and the node that found them.</returns>
    /// <exception cref="FaceGridException">
    /// The embedder refused the picture; <see cref="ErrorCodes.Busy"/> when all embedders are full; <see cref="ErrorCodes.NoEmbedder"/>
    /// when there is none; <see cref="ErrorCodes.PadUnavailable"/> when liveness is required and no embedder can check it;
    /// <see cref="ErrorCodes.ModelUnavailable"/> when no embedder makes such vectors.
    /// </exception>
    public async Task<Analysis> AnalyseAsync(byte[] picture, AnalysisRequest request, PadPolicy pad, CancellationToken cancellationToken)
    {
        long start = time.GetTimestamp();
        for (int round = 0; ; round++)
        {
            string[] embedders = await NodesAsync(cancellationToken);
            (Analysis? analysis, Exception? failure, bool busy) = await TryAllAsync(embedders, picture, request, pad, cancellationToken);
            if (analysis is not null)
            {
                return analysis;
            }

            if (busy)
            {
                metrics.Refused(RefusalReason.Embedders);
                throw new FaceGridException(ErrorCodes.Busy, "Every embedder has a full queue; try again.");
            }

            if (failure is FaceGridException { Code: ErrorCodes.ModelUnavailable })
            {
                string other = request.OtherContract is null ? "" : $" and of '{request.OtherContract}'";
                throw new FaceGridException(
                    ErrorCodes.ModelUnavailable,
                    $"No embedder of the grid makes vectors of contract '{request.Contract}'{other}.",
                    failure);
            }

            if (failure is FaceGridException)
            {
                throw new FaceGridException(
                    ErrorCodes.PadUnavailable, "A live face is required, and no embedder of the grid has a model that tells one.", failure);
            }

            if (failure is null || time.GetElapsedTime(start) >= GridCaller.RetryFor)
            {
                throw new FaceGridException(
                    ErrorCodes.NoEmbedder, "No node with the embedder role answers, so pictures cannot be read.", failure);
            }

            nodes.Doubt();
            await Task.Delay(GridCaller.PauseBefore(round), time, cancellationToken);
        }
    }

    /// <summary>
    /// Finds the verify threshold that embedders of the grid promise for vectors of a contract. Without a contract, the length of the
    /// vectors decides.
    /// </summary>
    /// <param name="contract">Contract id, or null.</param>
    /// <param name="dimension">Floats per vector.</param>
    /// <param name="cancellationToken">Ends the search; nothing is left behind.</param>
    /// <returns>The threshold, or null when no embedder makes such vectors.</returns>
    public async Task<Threshold?> VerifyThresholdAsync(string? contract, int dimension, CancellationToken cancellationToken)
    {
        foreach (string address in await NodesAsync(cancellationToken))
        {
            try
            {
                EmbedderInfo node = await grid.Embedder(address).DescribeAsync().WaitAsync(cancellationToken);
                Threshold? found = node.All.FirstOrDefault(Fits)?.Verify;
                if (found is not null)
                {
                    return found;
                }
            }
            catch (Exception exception) when (ProblemMapping.IsTransient(exception, cancellationToken))
            {
                // Another node may run the same model.
                nodes.Doubt();
            }
        }

        return null;

        bool Fits(EmbedderInfo info) =>
            info.Verify is not null && info.Contract.Dimension == dimension && (contract is null || info.Contract.Id == contract);
    }

    private async Task<(Analysis? Analysis, Exception? Failure, bool Busy)> TryAllAsync(
        string[] embedders, byte[] picture, AnalysisRequest request, PadPolicy pad, CancellationToken cancellationToken)
    {
        var left = new List<string>(embedders);
        Exception? failure = null;
        bool busy = false;
        while (left.Count > 0)
        {
            string node = _load.Pick(left);
            left.Remove(node);
            _load.Begin(node);
            try
            {
                PictureFaces faces = await grid.OnceAsync(
                    token => grid.Embedder(node).AnalyseAsync(picture, request, pad, token), cancellationToken);
                return (new Analysis(faces, node), null, false);
            }
            catch (Exception exception) when (ProblemMapping.IsBusy(exception))
            {
                busy = true;
            }
            catch (FaceGridException exception) when (exception.Code is ErrorCodes.PadUnavailable or ErrorCodes.ModelUnavailable)
            {
                failure ??= exception; // A transient failure goes before this one, because another try may help.
            }
            catch (Exception exception) when (ProblemMapping.IsTransient(exception, cancellationToken))
            {
                failure = exception;
            }
            finally
            {
                _load.End(node);
            }
        }

        return (null, failure, busy);
    }

    private async Task<string[]> NodesAsync(CancellationToken cancellationToken)
    {
        NodeInfo[] now = await grid.CallAsync(nodes.GetAsync, cancellationToken);
        string[] embedders = [.. now.Where(node => node.Roles.Contains(Roles.Embedder)).Select(node => node.Address)];
        _load.Keep(embedders);
        return embedders;
    }
}
