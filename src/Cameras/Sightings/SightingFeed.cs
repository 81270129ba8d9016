using FaceGrid.Abstractions.Sightings;
using FaceGrid.Storage.Sightings;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace FaceGrid.Cameras.Sightings;

/// <summary>
/// The end of the order of events, for all listeners on this silo. While a listener waits, one reader looks at the database a few times
/// a second, and at once when this silo has written something; all listeners share what it finds. Events of the last look are in memory
/// until the next one, no longer: they name people, who may be erased. Safe for concurrent use.
/// </summary>
internal sealed partial class SightingFeed(
    ISightingRows rows, SightingConverter converter, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<SightingFeed> logger)
    : ISightingFeed
{
    /// <summary>Time between two looks: events of other silos are known after half of it on average.</summary>
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(200);

    /// <summary>The reader ends after so many looks without a listener; callers that wait again and again leave short gaps.</summary>
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

    /// <inheritdoc/>
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
                catch (Exception over)
                    when (over is TimeoutException || (over is OperationCanceledException && !cancellationToken.IsCancellationRequested))
                {
                    // A node that stops does not wait for its listeners.
                    return over is TimeoutException ? found : throw new SiloUnavailableException("This node stops.", over);
                }
            }
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    /// <inheritdoc/>
    public async Task<SightingEvent?> FindAsync(long position, CancellationToken cancellationToken) =>
        (await FetchAsync(position - 1, 1, cancellationToken)).Events is [{ } seen] && seen.Position == position ? seen : null;

    /// <summary>
    /// What the reader knows after a position, and what to wait for when it knows nothing new. No answer when its memory does not reach
    /// that far back, or when it has only begun.
    /// </summary>
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
                ? latest with { Events = [.. latest.Events.Where(seen => seen.Position > after).Take(limit)] }
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
                // Listeners go on waiting, and find what was written meanwhile. Logged once: a database that is away for an hour is looked
                // at thousands of times.
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

    /// <summary>Reads events from the database itself, whatever is in memory.</summary>
    private async Task<SightingEvents> FetchAsync(long after, int limit, CancellationToken cancellationToken)
    {
        while (true)
        {
            SightingEventPage page = await rows.ReadEventsAsync(after, limit, cancellationToken);
            SightingEvent[] events = [.. page.Events.Select(converter.Event).OfType<SightingEvent>()];
            if (events.Length > 0 || page.Events.Count < limit)
            {
                return new SightingEvents(events, page.Last, page.Swept);
            }

            after = page.Events[^1].Position; // All of them are damaged: a listener would ask for them again and again.
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    [LoggerMessage(1, LogLevel.Warning, "Events cannot be read; trying again until they can")]
    private static partial void LogFailed(ILogger logger, Exception cause);
}
