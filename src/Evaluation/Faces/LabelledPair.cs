namespace FaceGrid.Evaluation.Faces;

/// <summary>One pair of LFW View 2.</summary>
/// <param name="Fold">0 to 9.</param>
/// <param name="A">Index of a picture in <see cref="LabelledPictures.Files"/>.</param>
/// <param name="B">Index of the other picture.</param>
/// <param name="Mated">True when both show the same person.</param>
internal readonly record struct LabelledPair(int Fold, int A, int B, bool Mated);
