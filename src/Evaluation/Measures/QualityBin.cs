namespace FaceGrid.Evaluation.Measures;

/// <summary>Errors of pairs by the worse picture's quality, at the distance with a false match rate of 1 in 10,000.</summary>
/// <param name="Measure">What was measured on the face.</param>
/// <param name="From">Smallest value in this quarter of the pictures.</param>
/// <param name="To">Largest value in this quarter.</param>
/// <param name="MatedPairs">Mated pairs whose worse picture is in this quarter.</param>
/// <param name="FalseNonMatchRate">Share of these mated pairs above the distance.</param>
/// <param name="FalseMatchRate">
/// Share of the non-mated pairs at or below the distance, among those whose worse picture is in this quarter.
/// </param>
internal sealed record QualityBin(string Measure, double From, double To, long MatedPairs, double FalseNonMatchRate, double FalseMatchRate);
