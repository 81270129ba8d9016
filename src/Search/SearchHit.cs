namespace FaceGrid.Search;

/// <summary>One person found near a probe.</summary>
/// <param name="Person">The person's id.</param>
/// <param name="Template">Position of the nearest template among the person's templates, from 0; the lowest one of equally near templates.</param>
/// <param name="Distance">Euclidean distance between probe and template, no unit, 0 to 2 for unit vectors, as <see cref="Search.Distance.Euclidean"/>.</param>
public readonly record struct SearchHit(string Person, int Template, float Distance);
