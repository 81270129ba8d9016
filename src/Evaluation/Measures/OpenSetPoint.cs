namespace FaceGrid.Evaluation.Measures;

/// <summary>Open-set identification at one gallery size.</summary>
/// <param name="People">People enrolled.</param>
/// <param name="FalsePositiveRate">
/// Share of strangers found (FPIR). The threshold is the largest distance at which no more are found.
/// </param>
/// <param name="Distance">That threshold.</param>
/// <param name="FalseNegative">Share of enrolled people not found (FNIR): too far, or somebody else nearer.</param>
/// <param name="Strangers">Number of searches for people who are not enrolled.</param>
internal sealed record OpenSetPoint(int People, double FalsePositiveRate, double Distance, Share FalseNegative, int Strangers);
