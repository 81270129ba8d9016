namespace FaceGrid.Abstractions.Sightings;

/// <summary>A page of a list of visits.</summary>
/// <param name="Sightings">Those that began last first.</param>
/// <param name="Next">Where the next page begins, to be given as it is; null on the last.</param>
[GenerateSerializer, Immutable]
[Alias("fg.sighting-page")]
public sealed record SightingPage(
    [property: Id(0)] Sighting[] Sightings,
    [property: Id(1)] string? Next);
