using FaceGrid.Abstractions.Sightings;
using FaceGrid.Cameras.Sightings;

namespace FaceGrid.Tests.Rules;

/// <summary>An order of events in memory.</summary>
internal sealed class FakeFeed : ISightingFeed
{
    private readonly Lock _gate = new();
    private readonly List<SightingEvent> _events = [];
    private readonly HashSet<long> _erased = [];
    private TaskCompletionSource _news = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The highest position that retention has taken away.</summary>
    public long Swept { get; set; }

    /// <summary>Appends visits as events that begin, from position 1 on.</summary>
    public void Add(params Sighting[] sightings)
    {
        lock (_gate)
        {
            foreach (Sighting sighting in sightings)
            {
                _events.Add(new SightingEvent(_events.Count + 1, SightingChange.Begun, NewVisitor: true, sighting));
            }

            _news.TrySetResult();
            _news = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>Erases an event; a page that was read before still holds it.</summary>
    public void Erase(long position)
    {
        lock (_gate)
        {
            _erased.Add(position);
        }
    }

    public async Task<SightingEvents> ReadAsync(long after, int limit, TimeSpan wait, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task news;
            lock (_gate)
            {
                SightingEvent[] found = [.. _events
                    .Where(seen => seen.Position > after && seen.Position > Swept && !_erased.Contains(seen.Position)).Take(limit)];
                if (found.Length > 0 || after < Swept || after > _events.Count)
                {
                    return new SightingEvents(found, _events.Count, Swept);
                }

                news = _news.Task;
            }

            await news.WaitAsync(cancellationToken);
        }
    }

    public Task<SightingEvent?> FindAsync(long position, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return Task.FromResult(_erased.Contains(position) ? null : _events.Find(seen => seen.Position == position));
        }
    }
}
