using FaceGrid.Vision.Execution;
using FaceGrid.Vision.Observability;

namespace FaceGrid.Vision.Embedding;

/// <summary>
/// Collects items of concurrent requests into batches. An item waits only while another picture is announced, whose faces will come soon,
/// and the batch is not full; and it waits no longer than the delay. A single request runs at once. While all workers are busy, items
/// collect anyway.
/// </summary>
/// <remarks>
/// Safe for concurrent calls. The caller bounds the queue: the pipeline admits a limited number of pictures, each with a limited number of
/// faces at a time.
/// </remarks>
internal sealed class MicroBatcher<TItem, TResult> : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Queue<Entry> _queue = new();
    private readonly Stack<BatchWorker<TItem, TResult>> _idle;
    private readonly int _batchSizeMax;
    private readonly TimeSpan _delayMax;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private int _announced;
    private bool _disposed;

    /// <summary>Creates a batcher that runs batches on some threads of a pool.</summary>
    /// <param name="run">Runs one batch and returns one result per item in the same order.</param>
    /// <param name="threads">The threads that run batches.</param>
    /// <param name="batchSizeMax">Most items per batch.</param>
    /// <param name="delayMax">Longest wait for more items.</param>
    /// <param name="workersMax">Most batches that run at once. A few items are spread over idle workers.</param>
    /// <param name="time">Clock of the delay.</param>
    public MicroBatcher(
        Func<IReadOnlyList<TItem>, TResult[]> run,
        WorkerThreads threads,
        int batchSizeMax,
        TimeSpan delayMax,
        int workersMax,
        TimeProvider time)
        : this([.. Enumerable.Repeat(new BatchWorker<TItem, TResult>(threads, run), workersMax)], batchSizeMax, delayMax, time)
    {
    }

    /// <summary>Creates a batcher that runs batches on workers. Each worker runs one batch at a time.</summary>
    /// <param name="workers">At least one. The first idle worker is taken, so that single batches always run on the same device.</param>
    /// <param name="batchSizeMax">Most items per batch.</param>
    /// <param name="delayMax">Longest wait for more items.</param>
    /// <param name="time">Clock of the delay.</param>
    public MicroBatcher(IReadOnlyList<BatchWorker<TItem, TResult>> workers, int batchSizeMax, TimeSpan delayMax, TimeProvider time)
    {
        _idle = new(workers.Reverse());
        _batchSizeMax = batchSizeMax;
        _delayMax = delayMax;
        _time = time;
        _timer = time.CreateTimer(
            static batcher => ((MicroBatcher<TItem, TResult>)batcher!).Tick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>
    /// Announces that items will come soon. Every announcement must be ended by <see cref="Withdraw"/> or by an announced call of
    /// <see cref="RunAsync"/>.
    /// </summary>
    public void Announce()
    {
        lock (_lock)
        {
            _announced++;
        }
    }

    /// <summary>Ends an announcement without items.</summary>
    public void Withdraw()
    {
        lock (_lock)
        {
            _announced--;
            Pump();
        }
    }

    /// <summary>Runs items, perhaps together with items of other calls.</summary>
    /// <param name="items">At least one item.</param>
    /// <param name="announced">True to end one announcement with this call.</param>
    /// <param name="cancellationToken">Withdraws items that have not started.</param>
    /// <returns>One result per item in the same order.</returns>
    public async Task<TResult[]> RunAsync(IReadOnlyList<TItem> items, bool announced, CancellationToken cancellationToken)
    {
        var request = new Request(items.Count);
        lock (_lock)
        {
            if (announced)
            {
                _announced--;
            }

            ObjectDisposedException.ThrowIf(_disposed, this);
            long now = _time.GetTimestamp();
            for (int index = 0; index < items.Count; index++)
            {
                _queue.Enqueue(new(items[index], request, index, now));
            }

            Pump();
        }

        await using var registration = cancellationToken.UnsafeRegister(
            static (request, token) => ((Request)request!).Completion.TrySetCanceled(token), request).ConfigureAwait(false);
        return await request.Completion.Task.ConfigureAwait(false);
    }

    /// <summary>Fails all items that have not started. Running batches finish on their threads.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            while (_queue.TryDequeue(out var entry))
            {
                entry.Request.Completion.TrySetException(new ObjectDisposedException(nameof(FacePipeline)));
            }
        }

        _timer.Dispose();
    }

    private void Tick()
    {
        lock (_lock)
        {
            Pump();
        }
    }

    /// <summary>Starts every batch that should start now. It is called under the lock whenever something has changed.</summary>
    private void Pump()
    {
        while (!_disposed && _idle.Count > 0)
        {
            while (_queue.TryPeek(out var oldest) && oldest.Request.Completion.Task.IsCompleted)
            {
                _queue.Dequeue();
            }

            if (_queue.Count == 0)
            {
                return;
            }

            if (_announced > 0 && _queue.Count < _batchSizeMax && RemainingDelay() is { Ticks: > 0 } remaining)
            {
                _timer.Change(remaining, Timeout.InfiniteTimeSpan);
                return;
            }

            Start(TakeBatch());
        }
    }

    private TimeSpan RemainingDelay() => _delayMax - _time.GetElapsedTime(_queue.Peek().Enqueued);

    private List<Entry> TakeBatch()
    {
        int share = Math.Min(_batchSizeMax, (_queue.Count + _idle.Count - 1) / _idle.Count);
        var batch = new List<Entry>(share);
        while (batch.Count < share && _queue.TryDequeue(out var entry))
        {
            if (!entry.Request.Completion.Task.IsCompleted)
            {
                batch.Add(entry);
            }
        }

        return batch;
    }

    private void Start(List<Entry> batch)
    {
        _ = RunBatchAsync(_idle.Pop(), batch);
    }

    private async Task RunBatchAsync(BatchWorker<TItem, TResult> worker, List<Entry> batch)
    {
        try
        {
            // ForceYielding: a batch that is done before it is awaited must not continue here synchronously. It would run inside Pump and
            // its lock and start further batches there.
            var results = await worker.Threads
                .RunAsync(() => RunMeasured(worker, batch), urgent: true, CancellationToken.None)
                .ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            for (int index = 0; index < batch.Count; index++)
            {
                batch[index].Request.Set(batch[index].Index, results[index]);
            }
        }
        catch (Exception error)
        {
            // Nobody awaits this task. The requests pass the error to their callers.
            batch.ForEach(entry => entry.Request.Completion.TrySetException(error));
        }

        lock (_lock)
        {
            _idle.Push(worker);
            Pump();
        }
    }

    private TResult[] RunMeasured(BatchWorker<TItem, TResult> worker, List<Entry> batch)
    {
        long start = _time.GetTimestamp();
        batch.ForEach(entry => VisionMetrics.EmbedWait.Record(_time.GetElapsedTime(entry.Enqueued, start).TotalSeconds));
        VisionMetrics.BatchSize.Record(batch.Count);
        TResult[] results = worker.Run(batch.ConvertAll(entry => entry.Item));
        VisionMetrics.Embed.Record(_time.GetElapsedTime(start).TotalSeconds);
        return results;
    }

    private readonly record struct Entry(TItem Item, Request Request, int Index, long Enqueued);

    private sealed class Request(int count)
    {
        private readonly TResult[] _results = new TResult[count];
        private int _remaining = count;

        public TaskCompletionSource<TResult[]> Completion { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Set(int index, TResult result)
        {
            _results[index] = result;
            if (Interlocked.Decrement(ref _remaining) == 0)
            {
                Completion.TrySetResult(_results);
            }
        }
    }
}
