using System.Diagnostics;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Search;

namespace FaceGrid.Grains.Search;

/// <summary>
/// Lets probes that arrive while a scan runs share the next pass over memory. It is called on a grain's turn, and scans run beside that.
/// With no scan running a probe starts at once, so a lone caller waits for nobody, and no caller waits for more than two passes.
/// </summary>
/// <param name="search">Scans: probes, count, limit; cancelled when no caller waits for the pass any more.</param>
internal sealed class ProbeCoalescer(Func<float[], int, int, CancellationToken, Task<SearchHit[][]>> search)
{
    private const int ProbesPerPassMax = 256;

    /// <summary>
    /// Probes that may wait for a pass: 64 full passes, and four times what one request may bring. More could not be answered within a
    /// search's deadline.
    /// </summary>
    internal const int ProbesWaitingMax = 16_384;

    private readonly Queue<Waiting> _waiting = new();
    private int _probesWaiting;
    private bool _scanning;

    /// <summary>Queues probes and returns their hits.</summary>
    /// <param name="probes">Vectors one after the other.</param>
    /// <param name="count">Number of probes.</param>
    /// <param name="limit">Hits per probe.</param>
    /// <param name="cancellationToken">Leaves the queue; a pass that has begun ends early when all who wait for it have left.</param>
    /// <returns>Hits per probe.</returns>
    /// <exception cref="FaceGridException"><see cref="ErrorCodes.Busy"/>: <see cref="ProbesWaitingMax"/> probes wait.</exception>
    public Task<SearchHit[][]> SearchAsync(float[] probes, int count, int limit, CancellationToken cancellationToken)
    {
        var done = new TaskCompletionSource<SearchHit[][]>(TaskCreationOptions.RunContinuationsAsynchronously);
        var waiting = new Waiting(probes, count, limit, done, Activity.Current?.Context ?? default, cancellationToken);
        if (_probesWaiting > 0 && _probesWaiting + count > ProbesWaitingMax)
        {
            throw new FaceGridException(ErrorCodes.Busy, "As many probes as a shard takes are waiting; try again.");
        }

        _probesWaiting += count;
        _waiting.Enqueue(waiting);
        if (!_scanning)
        {
            _scanning = true;
            _ = DrainAsync();
        }

        return waiting.Done.Task;
    }

    // Runs on the grain's turn between scans, so the queue needs no lock.
    private async Task DrainAsync()
    {
        while (_waiting.Count > 0)
        {
            List<Waiting> pass = NextPass();
            try
            {
                Share(pass, await ScanAsync(pass));
            }
            catch (OperationCanceledException)
            {
                pass.ForEach(waiting => waiting.Done.TrySetCanceled(waiting.CancellationToken));
            }
            catch (Exception failure)
            {
                pass.ForEach(waiting => waiting.Done.TrySetException(failure));
            }
        }

        _scanning = false;
    }

    private List<Waiting> NextPass()
    {
        var pass = new List<Waiting>();
        int probes = 0;
        while (_waiting.TryPeek(out Waiting? next) && (pass.Count == 0 || probes + next.Count <= ProbesPerPassMax))
        {
            _waiting.Dequeue();
            _probesWaiting -= next.Count;
            if (next.CancellationToken.IsCancellationRequested)
            {
                next.Done.TrySetCanceled(next.CancellationToken);
                continue;
            }

            pass.Add(next);
            probes += next.Count;
        }

        return pass;
    }

    private async Task<SearchHit[][]> ScanAsync(List<Waiting> pass)
    {
        if (pass.Count == 0)
        {
            return [];
        }

        float[] probes = pass.Count == 1 ? pass[0].Probes : [.. pass.SelectMany(waiting => waiting.Probes)];
        using var nobody = new CancellationTokenSource();
        int here = pass.Count;
        CancellationTokenRegistration[] leaving = [.. pass.Select(waiting => waiting.CancellationToken.Register(() =>
        {
            if (Interlocked.Decrement(ref here) == 0)
            {
                nobody.Cancel();
            }
        }))];
        int count = pass.Sum(waiting => waiting.Count);
        using Activity? span = Span(pass)?.SetTag("facegrid.probes", count);
        long start = Stopwatch.GetTimestamp();
        try
        {
            SearchHit[][] hits = await search(probes, count, pass.Max(waiting => waiting.Limit), nobody.Token);
            GridMetrics.Scan.Record(Stopwatch.GetElapsedTime(start).TotalSeconds);
            GridMetrics.ScanProbes.Record(count);
            return hits;
        }
        finally
        {
            Array.ForEach(leaving, registration => registration.Dispose());
        }
    }

    // A pass belongs to everybody who waits for it: it is the child of the first, and linked to the others.
    private static Activity? Span(List<Waiting> pass) => !GridMetrics.Spans.HasListeners()
        ? null
        : GridMetrics.Spans.StartActivity(
            "scan",
            ActivityKind.Internal,
            pass[0].Asked,
            links: pass.Skip(1).Where(waiting => waiting.Asked != default).Select(waiting => new ActivityLink(waiting.Asked)));

    private static void Share(List<Waiting> pass, SearchHit[][] hits)
    {
        int at = 0;
        foreach (Waiting waiting in pass)
        {
            SearchHit[][] own = hits[at..(at + waiting.Count)];
            at += waiting.Count;
            for (int i = 0; i < own.Length; i++)
            {
                own[i] = own[i].Length > waiting.Limit ? own[i][..waiting.Limit] : own[i];
            }

            waiting.Done.TrySetResult(own);
        }
    }

    private sealed record Waiting(
        float[] Probes,
        int Count,
        int Limit,
        TaskCompletionSource<SearchHit[][]> Done,
        ActivityContext Asked,
        CancellationToken CancellationToken);
}
