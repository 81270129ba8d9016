namespace FaceGrid.Vision.Execution;

/// <summary>
/// A fixed number of threads for arithmetic. They are separate from the thread pool, whose threads serve requests and must not be blocked
/// for milliseconds. Urgent work goes before new pictures: embedding is urgent, because it finishes pictures and frees their memory.
/// </summary>
internal sealed class WorkerThreads : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Queue<Job> _urgent = new();
    private readonly Queue<Job> _ordinary = new();
    private readonly SemaphoreSlim _available = new(0);
    private readonly Thread[] _threads;
    private bool _disposed;

    public WorkerThreads(int count)
    {
        _threads = new Thread[count];
        for (int index = 0; index < count; index++)
        {
            _threads[index] = new Thread(Loop) { IsBackground = true, Name = $"FaceGrid vision {index}" };
            _threads[index].Start();
        }
    }

    public int Count => _threads.Length;

    /// <summary>
    /// Runs <paramref name="work"/> on one of the threads. A cancelled token withdraws work that has not started, and the task ends at
    /// once. Work that has started runs to its end, and the task completes only then. So after the task has completed, the work no longer
    /// reads its input.
    /// </summary>
    public Task<T> RunAsync<T>(Func<T> work, bool urgent, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<T>(cancellationToken);
        }

        var job = new Job<T>(work, cancellationToken);
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            (urgent ? _urgent : _ordinary).Enqueue(job);
        }

        _available.Release();
        return job.Task;
    }

    /// <summary>Cancels work that has not started and waits for work that has.</summary>
    public void Dispose()
    {
        List<Job> abandoned;
        lock (_lock)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            abandoned = [.. _urgent, .. _ordinary];
            _urgent.Clear();
            _ordinary.Clear();
        }

        abandoned.ForEach(job => job.Abandon());
        _available.Release(_threads.Length);
        foreach (var thread in _threads.Where(thread => thread != Thread.CurrentThread))
        {
            thread.Join();
        }

        _available.Dispose();
    }

    private void Loop()
    {
        while (true)
        {
            _available.Wait();
            Job? job;
            lock (_lock)
            {
                if (!_urgent.TryDequeue(out job) && !_ordinary.TryDequeue(out job) && _disposed)
                {
                    return;
                }
            }

            job?.Run();
        }
    }

    private abstract class Job
    {
        public abstract void Run();

        public abstract void Abandon();
    }

    private sealed class Job<T> : Job
    {
        private readonly Func<T> _work;
        private readonly TaskCompletionSource<T> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly CancellationTokenRegistration _registration;
        private readonly CancellationToken _cancellationToken;
        private int _claimed;

        public Job(Func<T> work, CancellationToken cancellationToken)
        {
            _work = work;
            _cancellationToken = cancellationToken;
            _registration = cancellationToken.UnsafeRegister(static job => ((Job<T>)job!).Abandon(), this);
        }

        public Task<T> Task => _completion.Task;

        public override void Run()
        {
            if (Interlocked.Exchange(ref _claimed, 1) != 0)
            {
                return;
            }

            _registration.Dispose();
            try
            {
                _completion.SetResult(_work());
            }
            catch (OperationCanceledException error)
            {
                _completion.SetCanceled(error.CancellationToken);
            }
            catch (Exception error)
            {
                _completion.SetException(error);
            }
        }

        public override void Abandon()
        {
            if (Interlocked.Exchange(ref _claimed, 1) == 0)
            {
                _completion.SetCanceled(_cancellationToken);
            }
        }
    }
}
