namespace FaceGrid.Evaluation.Measures;

/// <summary>Open-set identification at one gallery size.</summary>
/// <param name="People">People enrolled.</param>
/// <param name="FalsePositiveRate">Share of strangers found (FPIR): the threshold is the largest distance with no more.</param>
/// <param name="Distance">That threshold.</param>
/// <param name="FalseNegative">Share of enrolled people not found (FNIR): too far, or somebody else nearer.</param>
/// <param name="Strangers">Questions about people who are not enrolled.</param>
internal sealed record OpenSetPoint(int People, double FalsePositiveRate, double Distance, Share FalseNegative, int Strangers);
