namespace FaceGrid.Search;

/// <summary>
/// Threads that search, so that no other thread has to. They use no processor while there is nothing to do. Searches begin in the order in
/// which they are asked for, and all free threads share a large one. The queue has no limit of its own, because its callers run one search
/// at a time for each index.
/// </summary>
public sealed class ScanPool : IDisposable
{
    /// <summary>Products of codes that are worth waking a thread for: about 0.1 ms of a core, a few times the cost of waking one.</summary>
    private const long ProductsPerThreadMin = 4 << 20;

    /// <summary>
    /// Products of codes that the calling thread computes itself: about 0.01 ms of a core, half the cost of waking a thread and being woken
    /// by it.
    /// </summary>
    private const long ProductsHereMax = ProductsPerThreadMin >> 4;

    private readonly LinkedList<Job> _jobs = new();
    private readonly Thread[] _threads;
    private bool _disposed;

    /// <summary>Starts the threads.</summary>
    /// <param name="threadCount">How many, 1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="threadCount"/> is less than 1.</exception>
    public ScanPool(int threadCount)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threadCount, 1);
        _threads = [.. Enumerable.Range(0, threadCount).Select(i => new Thread(Serve) { Name = $"scan {i}", IsBackground = true })];
        Array.ForEach(_threads, thread => thread.Start());
    }

    /// <summary>How many threads search.</summary>
    public int ThreadCount => _threads.Length;

    /// <summary>One thread less than there are processors, at least 1. This leaves one core for the rest of the process.</summary>
    public static int DefaultThreadCount => Math.Max(1, Environment.ProcessorCount - 1);

    /// <summary>
    /// Searches like <see cref="TemplateIndex.Search"/>, but on the threads of this pool. A search that is cheaper than handing it over
    /// runs on the calling thread. It sees the state of the index at the moment of the call.
    /// </summary>
    /// <param name="index">The index to search.</param>
    /// <param name="probes">
    /// Finite values, row-major, <paramref name="probeCount"/> times <see cref="TemplateIndex.Dimension"/> floats; copied.
    /// </param>
    /// <param name="probeCount">How many probes; 0 or more.</param>
    /// <param name="limit">Hits per probe at most, 1 or more.</param>
    /// <param name="cancellationToken">
    /// Checked between chunks of at most 4 MiB of codes. A token with a timer is a deadline. A cancelled search leaves nothing behind.
    /// </param>
    /// <returns>The hits of each probe. The task is cancelled when <paramref name="cancellationToken"/> is.</returns>
    /// <exception cref="ArgumentException">The length does not fit, or a value is not finite.</exception>
    /// <exception cref="ObjectDisposedException">The pool or the index is disposed.</exception>
    public Task<SearchHit[][]> SearchAsync(
        TemplateIndex index, ReadOnlySpan<float> probes, int probeCount, int limit, CancellationToken cancellationToken)
    {
        SearchRun run = index.Begin(probes, probeCount, limit);
        var job = new Job(run, (int)Math.Clamp(run.Scan.Products / ProductsPerThreadMin, 1, _threads.Length), cancellationToken);
        if (run.Scan.Products <= ProductsHereMax && !Volatile.Read(ref _disposed))
        {
            job.Work();
            job.Finish();
            return job.Hits;
        }

        lock (_jobs)
        {
            if (_disposed)
            {
                run.Dispose();
                throw new ObjectDisposedException(nameof(ScanPool));
            }

            _jobs.AddLast(job);
            for (int i = 0; i < job.ThreadsMax; i++)
            {
                Monitor.Pulse(_jobs);
            }
        }

        return job.Hits;
    }

    /// <summary>Ends the threads when all searches that were asked for are done.</summary>
    public void Dispose()
    {
        lock (_jobs)
        {
            _disposed = true;
            Monitor.PulseAll(_jobs);
        }
    }

    private void Serve()
    {
        while (Take() is { } job)
        {
            job.Work();
            bool last;
            lock (_jobs)
            {
                // No chunk is left, so no other thread needs to join.
                _jobs.Remove(job);
                last = --job.Threads == 0;
            }

            if (last)
            {
                job.Finish();
            }
        }
    }

    private Job? Take()
    {
        lock (_jobs)
        {
            while (true)
            {
                if (_jobs.FirstOrDefault(job => job.Threads < job.ThreadsMax) is { } found)
                {
                    found.Threads++;
                    return found;
                }

                if (_disposed)
                {
                    return null;
                }

                Monitor.Wait(_jobs);
            }
        }
    }

    /// <summary>A search that was asked for.</summary>
    private sealed class Job(SearchRun run, int threadsMax, CancellationToken cancellationToken)
    {
        private readonly TaskCompletionSource<SearchHit[][]> _hits = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private Exception? _failure;

        public Task<SearchHit[][]> Hits => _hits.Task;

        public int ThreadsMax => threadsMax;

        /// <summary>Threads at work now; guarded by the pool's lock.</summary>
        public int Threads { get; set; }

        public void Work()
        {
            try
            {
                run.Scan.Work(cancellationToken);
            }
            catch (Exception e)
            {
                _failure = e; // Finish reports it. Of several failures any one will do.
            }
        }

        public void Finish()
        {
            SearchHit[][]? found = null;
            try
            {
                found = _failure is null ? run.Scan.ToHits() : null;
            }
            catch (Exception e)
            {
                _failure = e;
            }

            run.Dispose(); // Before the answer: once a caller has it, the memory is free.
            if (_failure is null)
            {
                _hits.SetResult(found!);
            }
            else if (_failure is OperationCanceledException)
            {
                _hits.SetCanceled(cancellationToken);
            }
            else
            {
                _hits.SetException(_failure);
            }
        }
    }
}
