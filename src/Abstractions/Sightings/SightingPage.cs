namespace FaceGrid.Abstractions.Sightings;

/// <summary>A page of a list of visits.</summary>
/// <param name="Sightings">The newest visit first.</param>
/// <param name="Next">Where the next page begins; pass it as it is. Null on the last page.</param>
[GenerateSerializer, Immutable]
[Alias("fg.sighting-page")]
public sealed record SightingPage(
    [property: Id(0)] Sighting[] Sightings,
    [property: Id(1)] string? Next);
