using FaceGrid.Abstractions.Sightings;
using FaceGrid.Storage.Sightings;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace FaceGrid.Cameras.Sightings;

/// <summary>
/// The end of the order of events, for all who listen on this silo. While anybody waits, one reader looks at the database a few times a second, and at once when this silo has written something; all who wait share what it finds.
/// Events of the last look are in memory until the next one, no longer: they name people, who may be erased. Safe for concurrent use.
/// </summary>
internal sealed partial class SightingFeed(ISightingRows rows, SightingForm form, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<SightingFeed> logger)
{
    /// <summary>Time between two looks: events of other silos are known after half of it on average.</summary>
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(200);

    /// <summary>Looks without anybody waiting after which the reader ends; callers that wait again and again leave short gaps.</summary>
    private const int IdleLooksMax = 10;

    private const int LookMax = 256;

    private readonly Lock _gate = new();
    private TaskCompletionSource _news = NewSignal();
    private TaskCompletionSource _nudge = NewSignal();
    private SightingEvents? _latest; // Of the last look that found something; empty but for its positions since the one after.
    private long _from; // The position after which _latest begins.
    private int _waiting;
    private bool _reading;

    /// <summary>Has the reader look now.</summary>
    public void Nudge()
    {
        lock (_gate)
        {
            _nudge.TrySetResult();
        }
    }

    /// <inheritdoc cref="ISightingReaderGrain.ReadEventsAsync"/>
    public async Task<SightingEvents> ReadAsync(long after, int limit, TimeSpan wait, CancellationToken cancellationToken)
    {
        long start = time.GetTimestamp();
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
        Interlocked.Increment(ref _waiting);
        try
        {
            while (true)
            {
                (Task news, SightingEvents? found) = Look(after, limit);
                found ??= await FetchAsync(after, limit, cancellationToken);
                TimeSpan left = wait - time.GetElapsedTime(start);
                if (found.Events.Length > 0 || after < found.Swept || after > found.Last || left <= TimeSpan.Zero)
                {
                    return found;
                }

                try
                {
                    await news.WaitAsync(left, time, ending.Token);
                }
                catch (Exception over) when (over is TimeoutException || (over is OperationCanceledException && !cancellationToken.IsCancellationRequested))
                {
                    return over is TimeoutException ? found : throw new SiloUnavailableException("This node stops.", over); // It does not wait for who waits here.
                }
            }
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    /// <summary>What the reader knows after a position, and what to wait for when that is nothing. No answer when it does not reach that far back, or has only begun.</summary>
    private (Task News, SightingEvents? Found) Look(long after, int limit)
    {
        lock (_gate)
        {
            if (!_reading)
            {
                _reading = true;
                _ = Task.Run(ReadOnAsync);
            }

            SightingEvents? found = _latest is { } latest && after >= _from && after <= latest.Last
                ? latest with { Events = [.. latest.Events.Where(told => told.Position > after).Take(limit)] }
                : null;
            return (_news.Task, found);
        }
    }

    private async Task ReadOnAsync()
    {
        long? last = null;
        bool failing = false;
        for (int idle = 0; ;)
        {
            Task nudge;
            lock (_gate)
            {
                idle = Volatile.Read(ref _waiting) == 0 ? idle + 1 : 0;
                if (idle > IdleLooksMax || lifetime.ApplicationStopping.IsCancellationRequested)
                {
                    (_reading, _latest) = (false, null);
                    return;
                }

                if (_nudge.Task.IsCompleted)
                {
                    _nudge = NewSignal();
                }

                nudge = _nudge.Task;
            }

            try
            {
                (last, bool more) = await LookOnceAsync(last);
                failing = false;
                if (more)
                {
                    continue;
                }
            }
            catch (Exception failure)
            {
                // Who waits goes on waiting, and finds what was written meanwhile. Said once: a database that is away for an hour is looked at thousands of times.
                if (!failing)
                {
                    LogFailed(logger, failure);
                    failing = true;
                }
            }

            await Task.WhenAny(nudge, Task.Delay(Period, time));
        }
    }

    private async Task<(long Reached, bool More)> LookOnceAsync(long? last)
    {
        SightingEvents found = await FetchAsync(last ?? long.MaxValue, LookMax, CancellationToken.None);
        long reached = found.Events.Length > 0 ? found.Events[^1].Position : found.Last;
        lock (_gate)
        {
            _from = found.Events.Length > 0 ? last!.Value : reached;
            _latest = found with { Last = reached };
            if (found.Events.Length > 0 || last is null)
            {
                _news.TrySetResult();
                _news = NewSignal();
            }
        }

        return (reached, found.Events.Length == LookMax);
    }

    /// <summary>Reads events from the database itself, whatever of them is in memory.</summary>
    /// <param name="after">Position after which to begin.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<SightingEvents> FetchAsync(long after, int limit, CancellationToken cancellationToken)
    {
        while (true)
        {
            SightingEventPage page = await rows.ReadEventsAsync(after, limit, cancellationToken);
            SightingEvent[] events = [.. page.Events.Select(form.Event).OfType<SightingEvent>()];
            if (events.Length > 0 || page.Events.Count < limit)
            {
                return new SightingEvents(events, page.Last, page.Swept);
            }

            after = page.Events[^1].Position; // All of them damaged: who waits would ask for them again and again.
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    [LoggerMessage(1, LogLevel.Warning, "Events cannot be read; trying again until they can")]
    private static partial void LogFailed(ILogger logger, Exception cause);
}
