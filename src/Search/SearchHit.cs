namespace FaceGrid.Search;

/// <summary>One person found near a probe.</summary>
/// <param name="Person">The person's id.</param>
/// <param name="Template">Zero-based position of the nearest of the person's templates, in the order in which they were added.</param>
/// <param name="SquaredDistance">
/// Squared Euclidean distance, 0 to 4 for unit vectors. Merged answers are ordered by it, since two different squares may have equal roots.
/// </param>
public readonly record struct SearchHit(string Person, int Template, float SquaredDistance)
{
    /// <summary>Euclidean distance, 0 to 2 for unit vectors.</summary>
    public float Distance => MathF.Sqrt(SquaredDistance);
}
