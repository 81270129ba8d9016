using FaceGrid.Abstractions.Sightings;

namespace FaceGrid.Gateway.Sightings;

/// <summary>A page of sightings.</summary>
/// <param name="Sightings">Those that began last first.</param>
/// <param name="Next">To be given as <c>after</c> for the next page; null on the last.</param>
internal sealed record SightingsBody(SightingJson[] Sightings, string? Next);
