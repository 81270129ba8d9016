namespace FaceGrid.Evaluation.Accuracy;

/// <summary>A threshold that was chosen on some people and tried on others.</summary>
/// <param name="FalseMatchRate">The share of non-mated pairs for which the threshold was chosen.</param>
/// <param name="Distance">The Euclidean distance.</param>
/// <param name="FalseMatchRateOnTest">Share of the test people's non-mated pairs at or below the distance.</param>
/// <param name="TrueMatchRateOnTest">Share of the test people's mated pairs at or below the distance.</param>
internal sealed record CalibratedPoint(double FalseMatchRate, double Distance, double FalseMatchRateOnTest, double TrueMatchRateOnTest);
