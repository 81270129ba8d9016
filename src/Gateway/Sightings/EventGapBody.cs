namespace FaceGrid.Gateway.Sightings;

/// <summary>Tells a listener that it has missed events, or that its position does not exist in this grid.</summary>
/// <param name="After">The last position that the listener had seen.</param>
/// <param name="ResumedAfter">
/// The position after which the stream goes on. Events before it are no longer kept. When the listener's position lies beyond the last
/// event, which can happen after a database was restored from a backup, it is the position of the last event.
/// </param>
internal sealed record EventGapBody(long After, long ResumedAfter);
