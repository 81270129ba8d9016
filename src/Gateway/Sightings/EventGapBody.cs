namespace FaceGrid.Gateway.Sightings;

/// <summary>Says to a listener that it has missed something, or that the order it knew is not the one of this grid.</summary>
/// <param name="After">The position that it had seen.</param>
/// <param name="ResumedAfter">
/// The position after which it goes on: before it lies what is not kept any more; or the end, when its own lies behind that, which a
/// database from a backup may do.
/// </param>
internal sealed record EventGapBody(long After, long ResumedAfter);
