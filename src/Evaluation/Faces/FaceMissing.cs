namespace FaceGrid.Evaluation.Faces;

/// <summary>A picture without a vector.</summary>
/// <param name="File">Its name.</param>
/// <param name="Reason">Why.</param>
internal sealed record FaceMissing(string File, string Reason);
