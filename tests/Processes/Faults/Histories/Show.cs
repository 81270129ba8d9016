namespace FaceGrid.Tests.Faults.Histories;

/// <summary>One face in front of a camera for a while, then nobody until every visit there had ended.</summary>
/// <param name="Camera">Which camera.</param>
/// <param name="Face">Whose face; nobody else was there.</param>
/// <param name="Start">When the first frame was about to be sent.</param>
/// <param name="End">When the last frame with the face was answered.</param>
/// <param name="From">Date of the first frame with the face, by the camera's clock.</param>
/// <param name="To">Date of the last one.</param>
/// <param name="Reported">Id of the visit that the camera said it was and that the grid had written down; null when it had not come to that.</param>
internal sealed record Show(string Camera, string Face, long Start, long End, DateTimeOffset From, DateTimeOffset To, string? Reported);
