namespace FaceGrid.Load.Requests;

/// <summary>Sends each request once, and passes its outcome to the recorder.</summary>
/// <param name="clock">Measures time.</param>
/// <param name="sleep">Sleeps until the next request is due; may return early.</param>
/// <param name="recorder">Counts outcomes.</param>
/// <param name="question">Makes request number N; called by one thread at a time in an open loop, by several in a closed one.</param>
/// <param name="ask">Sends a request and waits for its answer; does not throw unless the run is cancelled.</param>
internal sealed class LoadLoop(
    TimeProvider clock,
    Action<TimeSpan> sleep,
    LoadRecorder recorder,
    Func<long, LoadQuestion> question,
    Func<LoadQuestion, CancellationToken, Task<LoadAnswer>> ask)
{
    /// <summary>Requests that are due at the very end may still be sent this much later. Requests that wait longer are given up.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan SleepMax = TimeSpan.FromMilliseconds(100);

    private readonly long _started = clock.GetTimestamp();

    private TimeSpan Now => clock.GetElapsedTime(_started);

    /// <summary>Runs clients that each send their next request when they have the answer to the last one.</summary>
    /// <param name="clients">Number of clients.</param>
    /// <param name="until">No request is sent after this.</param>
    /// <param name="cancellationToken">Ends the work. It leaves nothing behind.</param>
    /// <returns>Completes with the last answer.</returns>
    public async Task RunClosedAsync(int clients, TimeSpan until, CancellationToken cancellationToken)
    {
        long last = -1;
        await Task.WhenAll(Enumerable.Range(0, clients).Select(_ => Task.Run(
            async () =>
            {
                while (Now < until)
                {
                    LoadQuestion next = question(Interlocked.Increment(ref last));
                    TimeSpan sent = Now;
                    LoadAnswer answer = await ask(next, cancellationToken);
                    recorder.Add(next.Operation, sent, sent, Now, answer);
                }
            },
            cancellationToken)));
    }

    /// <summary>
    /// Sends requests at times that are fixed beforehand, however long answers take. A request waits while there is no place for it.
    /// </summary>
    /// <param name="schedule">When requests are due, ascending.</param>
    /// <param name="inFlightMax">Number of places: most requests in flight.</param>
    /// <param name="until">The end of the schedule.</param>
    /// <param name="cancellationToken">Ends the work. It leaves nothing behind.</param>
    /// <returns>Completes with the last answer.</returns>
    public Task RunOpenAsync(IEnumerable<TimeSpan> schedule, int inFlightMax, TimeSpan until, CancellationToken cancellationToken) =>
        // The loop has a thread of its own, because it must not wait for the thread pool, which handles the answers.
        Task.Factory.StartNew(
            () => Dispatch(schedule, inFlightMax, until, cancellationToken),
            cancellationToken,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);

    private void Dispatch(IEnumerable<TimeSpan> schedule, int inFlightMax, TimeSpan until, CancellationToken cancellationToken)
    {
        SemaphoreSlim places = new(inFlightMax, inFlightMax);
        List<Exception> failures = [];
        long number = 0;
        bool givenUp = false;
        foreach (TimeSpan due in schedule)
        {
            LoadQuestion next = question(number++);
            if (!givenUp)
            {
                places.Wait(cancellationToken);
                SleepUntil(due, cancellationToken);
                givenUp = Now > until + Grace;
                if (!givenUp)
                {
                    _ = SendAsync(next, due, places, failures, cancellationToken);
                    continue;
                }

                places.Release();
            }

            recorder.AddNotSent(next.Operation, due, Now);
        }

        for (int place = 0; place < inFlightMax; place++)
        {
            places.Wait(cancellationToken);
        }

        if (failures.Count > 0)
        {
            throw new AggregateException(failures);
        }
    }

    private async Task SendAsync(
        LoadQuestion next, TimeSpan due, SemaphoreSlim places, List<Exception> failures, CancellationToken cancellationToken)
    {
        await Task.Yield();
        try
        {
            TimeSpan sent = Now;
            LoadAnswer answer = await ask(next, cancellationToken);
            recorder.Add(next.Operation, due, sent, Now, answer);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            lock (failures)
            {
                failures.Add(e);
            }
        }
        finally
        {
            places.Release();
        }
    }

    private void SleepUntil(TimeSpan due, CancellationToken cancellationToken)
    {
        for (TimeSpan left = due - Now; left > TimeSpan.Zero; left = due - Now)
        {
            cancellationToken.ThrowIfCancellationRequested();
            sleep(left < SleepMax ? left : SleepMax);
        }
    }
}
