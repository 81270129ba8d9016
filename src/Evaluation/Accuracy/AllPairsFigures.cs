using FaceGrid.Evaluation.Measures;

namespace FaceGrid.Evaluation.Accuracy;

/// <summary>All pairs of a data set in figures.</summary>
/// <param name="Mated">Pairs of the same person.</param>
/// <param name="NonMated">Pairs of different people.</param>
/// <param name="Points">True accept rate at each false accept rate.</param>
internal sealed record AllPairsFigures(long Mated, long NonMated, IReadOnlyList<OperatingPoint> Points);
