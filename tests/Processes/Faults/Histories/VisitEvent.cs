namespace FaceGrid.Tests.Faults.Histories;

/// <summary>Something that a camera told of a visit.</summary>
/// <param name="Kind"><c>begun</c>, <c>changed</c> or <c>ended</c>.</param>
/// <param name="Position">In the order of all events.</param>
/// <param name="Visit">Id of the visit.</param>
/// <param name="Revision">Rises within a visit.</param>
/// <param name="Camera">Where.</param>
/// <param name="Person">Who, or null for somebody unknown.</param>
/// <param name="FirstSeen">By the camera's clock.</param>
/// <param name="LastSeen">By the camera's clock.</param>
internal sealed record VisitEvent(string Kind, long Position, string Visit, int Revision, string Camera, string? Person, DateTimeOffset FirstSeen, DateTimeOffset LastSeen);
