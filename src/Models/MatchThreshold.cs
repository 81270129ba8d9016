namespace FaceGrid.Models;

/// <summary>A calibrated decision threshold of an embedder.</summary>
/// <param name="FalseMatchRate">Share of pairs of different people at or below the distance, 0 to 1.</param>
/// <param name="Distance">Euclidean (L2) distance of two unit vectors, no unit, 0 to 2; at or below means the same person.</param>
/// <param name="Origin">Data set and protocol it was measured with.</param>
public sealed record MatchThreshold(double FalseMatchRate, float Distance, string Origin);
