namespace FaceGrid.Evaluation.Measures;

/// <summary>The two errors at a distance.</summary>
/// <param name="Distance">Threshold, 0 to 2.</param>
/// <param name="FalseMatchRate">Share of non-mated pairs at or below it.</param>
/// <param name="FalseNonMatchRate">Share of mated pairs above it.</param>
internal sealed record DetPoint(double Distance, double FalseMatchRate, double FalseNonMatchRate);
