namespace FaceGrid.Models;

/// <summary>
/// The errors counted at one distance. Each person and each pair of people has the same weight, however many pictures there are.
/// </summary>
/// <param name="Distance">Euclidean distance, 0 to 2.</param>
/// <param name="FalseMatchRate">Share of non-mated pairs at or below the distance, 0 to 1.</param>
/// <param name="FalseNonMatchRate">Share of mated pairs above the distance, 0 to 1.</param>
public sealed record CalibrationPoint(float Distance, double FalseMatchRate, double FalseNonMatchRate);
