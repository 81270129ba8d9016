namespace FaceGrid.Evaluation.Accuracy;

/// <summary>A threshold of some people, tried on others.</summary>
/// <param name="FalseMatchRate">The share of non-mated pairs it was chosen for.</param>
/// <param name="Distance">The Euclidean distance.</param>
/// <param name="FalseMatchRateOnTest">Share of the test people's non-mated pairs at or below it.</param>
/// <param name="TrueMatchRateOnTest">Share of their mated pairs at or below it.</param>
internal sealed record CalibratedPoint(double FalseMatchRate, double Distance, double FalseMatchRateOnTest, double TrueMatchRateOnTest);
