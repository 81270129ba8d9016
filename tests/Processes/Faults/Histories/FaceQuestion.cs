namespace FaceGrid.Tests.Faults.Histories;

/// <summary>Whose a face is, or whether it is somebody's, as its client saw it. The threshold is so strict that a face matches itself and nobody else.</summary>
/// <param name="Node">Who was asked.</param>
/// <param name="Start">When the request was about to be sent.</param>
/// <param name="End">When the answer was there.</param>
/// <param name="Face">Which face.</param>
/// <param name="Claimed">Who it is said to be; null where everybody was searched.</param>
/// <param name="Problem">As in <see cref="IdentifyRecord"/>; <see cref="Problems.NoPerson"/> is an answer about a claim.</param>
/// <param name="Named">Who matched, or null.</param>
/// <param name="Complete">What the answer says of itself; true for a claim.</param>
internal sealed record FaceQuestion(string Node, long Start, long End, string Face, string? Claimed, string? Problem, string? Named, bool Complete = true);
