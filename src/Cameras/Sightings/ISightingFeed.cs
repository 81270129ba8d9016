using FaceGrid.Abstractions.Sightings;

namespace FaceGrid.Cameras.Sightings;

/// <summary>The one order of all events of the grid, as readers on this silo see it.</summary>
internal interface ISightingFeed
{
    /// <inheritdoc cref="ISightingReaderGrain.ReadEventsAsync"/>
    Task<SightingEvents> ReadAsync(long after, int limit, TimeSpan wait, CancellationToken cancellationToken);

    /// <summary>Reads one event from the database itself, whatever is in memory.</summary>
    /// <param name="position">Its position.</param>
    /// <param name="cancellationToken">Stops waiting for the database.</param>
    /// <returns>The event; null when it was erased or is damaged.</returns>
    Task<SightingEvent?> FindAsync(long position, CancellationToken cancellationToken);
}
