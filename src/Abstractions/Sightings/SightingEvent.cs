namespace FaceGrid.Abstractions.Sightings;

/// <summary>An event: one report of a visit.</summary>
/// <param name="Position">
/// Its place in the order of all events of the grid, above 0. A listener that has seen an event never gets a new one before it.
/// </param>
/// <param name="Change">What happened.</param>
/// <param name="NewVisitor">
/// Whether no event of the visit before named the same person: it is the first event, or it names another person.
/// </param>
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
/// <param name="Swept">The highest position that retention has taken away: a listener that is before it has missed something.</param>
[GenerateSerializer, Immutable]
[Alias("fg.sighting-events")]
public sealed record SightingEvents(
    [property: Id(0)] SightingEvent[] Events,
    [property: Id(1)] long Last,
    [property: Id(2)] long Swept);
