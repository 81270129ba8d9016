namespace FaceGrid.Storage.Sightings;

/// <summary>Events in their order, and the end of the order.</summary>
/// <param name="Events">The events after the position that was asked for, lowest first.</param>
/// <param name="Last">The highest position given out so far; 0 before the first event.</param>
/// <param name="Swept">The highest position that retention has erased. A reader that stands before it has missed events.</param>
public sealed record SightingEventPage(IReadOnlyList<SightingEventRow> Events, long Last, long Swept);
