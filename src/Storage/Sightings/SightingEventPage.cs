namespace FaceGrid.Storage.Sightings;

/// <summary>Events in their order, and how far the order reaches.</summary>
/// <param name="Events">The events after the position that was asked for, lowest first.</param>
/// <param name="Last">The highest position given out so far; 0 before the first.</param>
/// <param name="Swept">The highest position that retention has taken away; a reader that is before it has missed something.</param>
public sealed record SightingEventPage(IReadOnlyList<SightingEventRow> Events, long Last, long Swept);
