using FaceGrid.Abstractions.Sightings;

namespace FaceGrid.Gateway.Sightings;

/// <summary>A page of sightings.</summary>
/// <param name="Sightings">The sightings. The one that began last comes first.</param>
/// <param name="Next">The value of <c>after</c> for the next page; null on the last page.</param>
internal sealed record SightingsBody(SightingJson[] Sightings, string? Next);
