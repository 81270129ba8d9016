using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Sightings;
using FaceGrid.Cameras.Sightings;

namespace FaceGrid.Tests.Cameras;

/// <summary>
/// A log of sightings in memory that remembers everything it accepted, and is away when told to. Shared by the silos of a test.
/// </summary>
internal sealed class RecordingLog : ISightingLog
{
    private readonly Lock _gate = new();
    private readonly List<(Sighting Sighting, byte[]? Picture)> _accepted = [];

    /// <summary>True while nothing is accepted.</summary>
    public bool IsAway { get; set; }

    /// <summary>What calls throw that should never throw it; null for nothing.</summary>
    public Exception? Mistake { get; set; }

    /// <summary>Calls that were refused because it was away.</summary>
    public int Refused { get; private set; }

    /// <summary>What was accepted, in order: each revision once.</summary>
    public (Sighting Sighting, byte[]? Picture)[] Accepted
    {
        get
        {
            lock (_gate)
            {
                return [.. _accepted];
            }
        }
    }

    /// <summary>The last word on each visit, in the order in which they began.</summary>
    public Sighting[] Visits =>
        [.. Accepted.Select(each => each.Sighting)
        .GroupBy(sighting => sighting.Id, (_, told) => told.MaxBy(sighting => sighting.Revision)!)];

    public Task RecordAsync(Sighting sighting, byte[]? picture, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            Check();
            if (!_accepted.Exists(known => known.Sighting.Id == sighting.Id && known.Sighting.Revision >= sighting.Revision))
            {
                _accepted.Add((sighting, picture));
            }
        }

        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<Sighting>> PresentAsync(string camera, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            Check();
        }

        return Task.FromResult<IReadOnlyList<Sighting>>(
            [.. Visits.Where(visit => visit.Camera == camera && visit.Status == SightingStatus.Present)]);
    }

    private void Check()
    {
        if (Mistake is not null)
        {
            throw Mistake;
        }

        if (IsAway)
        {
            Refused++;
            throw new FaceGridException(ErrorCodes.StorageUnavailable, "as the test wishes");
        }
    }
}
