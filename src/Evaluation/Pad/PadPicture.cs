namespace FaceGrid.Evaluation.Pad;

/// <summary>One picture of the folder and what was measured.</summary>
/// <param name="Kind"><c>live</c>, or the kind of attack.</param>
/// <param name="File">Path below the folder.</param>
/// <param name="Live">How live its main face is, 0 to 1; null when nothing was measured.</param>
/// <param name="Reason">Why nothing was measured, or null.</param>
internal sealed record PadPicture(string Kind, string File, float? Live, string? Reason);
