namespace FaceGrid.Abstractions.Sightings;

/// <summary>One thing that is told of a visit.</summary>
/// <param name="Position">Its place in the one order of all events of the grid, above 0; a listener that has seen one will never be shown a lower one that it had not.</param>
/// <param name="Change">What happened.</param>
/// <param name="NewVisitor">Whether nothing told of the visit before named the same person: it is told for the first time, or somebody else, or somebody at last, is named.</param>
/// <param name="Sighting">The visit as it stood then.</param>
[GenerateSerializer, Immutable]
[Alias("fg.sighting-event")]
public sealed record SightingEvent(
    [property: Id(0)] long Position,
    [property: Id(1)] SightingChange Change,
    [property: Id(2)] bool NewVisitor,
    [property: Id(3)] Sighting Sighting);

/// <summary>Events in their order, and how far the order reaches.</summary>
/// <param name="Events">Events after the position that was asked for, lowest first; may be none.</param>
/// <param name="Last">The highest position given out so far; 0 before the first.</param>
/// <param name="Swept">The highest position that retention has taken away: who asks from before it has missed something.</param>
[GenerateSerializer, Immutable]
[Alias("fg.sighting-events")]
public sealed record SightingEvents(
    [property: Id(0)] SightingEvent[] Events,
    [property: Id(1)] long Last,
    [property: Id(2)] long Swept);
