using FaceGrid.Evaluation.Measures;

namespace FaceGrid.Evaluation.Accuracy;

/// <summary>Figures of people whom the built-in models never saw, with thresholds of other people whom they never saw either.</summary>
/// <param name="Threshold">
/// Euclidean distance at which the calibration people's pairs are sorted best, mated and non-mated weighing the same.
/// </param>
/// <param name="Accuracy">Share of the pairs of View 2's folds 6 to 10 that this threshold sorts rightly, 0 to 1.</param>
/// <param name="FoldAccuracies">The same for each of the five folds.</param>
/// <param name="View2Points">True accept rates at false accept rates within folds 6 to 10 (1,500 mated, 1,500 non-mated pairs).</param>
/// <param name="TestPoints">True accept rates at false accept rates among all pairs of the test people's pictures.</param>
/// <param name="TestMated">Mated pairs among them.</param>
/// <param name="TestNonMated">Non-mated pairs among them.</param>
/// <param name="RankOne">Share of the test people's further pictures whose nearest first picture is the right person's, 0 to 1.</param>
/// <param name="RankOnePeople">People who are told apart by it.</param>
/// <param name="Calibration">Thresholds by false match rate, from all pairs of the calibration and selection people.</param>
/// <param name="CalibrationPeople">How many people those are.</param>
/// <param name="CalibrationNonMated">Non-mated pairs among them.</param>
internal sealed record HeldOutFigures(
    double Threshold,
    double Accuracy,
    IReadOnlyList<double> FoldAccuracies,
    IReadOnlyList<OperatingPoint> View2Points,
    IReadOnlyList<OperatingPoint> TestPoints,
    int TestMated,
    int TestNonMated,
    double RankOne,
    int RankOnePeople,
    IReadOnlyList<CalibratedPoint> Calibration,
    int CalibrationPeople,
    int CalibrationNonMated);
