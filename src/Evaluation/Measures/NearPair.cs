namespace FaceGrid.Evaluation.Measures;

/// <summary>Two pictures of different people that are near each other.</summary>
/// <param name="A">Number of a person.</param>
/// <param name="B">Number of another.</param>
/// <param name="PictureA">Index of the picture of <paramref name="A"/> in the set.</param>
/// <param name="PictureB">Index of the other picture.</param>
/// <param name="Squared">Squared distance, 0 to 4.</param>
/// <param name="Weight">1 / (pictures of A x pictures of B), so that all pairs of people weigh the same.</param>
internal readonly record struct NearPair(int A, int B, int PictureA, int PictureB, float Squared, float Weight);
