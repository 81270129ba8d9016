using FaceGrid.Evaluation.Measures;

namespace FaceGrid.Evaluation.Accuracy;

/// <summary>
/// Figures of people whom the built-in models never saw. The thresholds come from other people whom these models never saw either.
/// </summary>
/// <param name="Threshold">
/// The Euclidean distance that sorts the calibration people's pairs best. Mated pairs together weigh as much as non-mated ones.
/// </param>
/// <param name="Accuracy">Share of the pairs of View 2's folds 6 to 10 that this threshold sorts correctly, 0 to 1.</param>
/// <param name="FoldAccuracies">The same for each of the five folds.</param>
/// <param name="View2Points">True accept rates at false accept rates within folds 6 to 10 (1,500 mated, 1,500 non-mated pairs).</param>
/// <param name="TestPoints">True accept rates at false accept rates among all pairs of the test people's pictures.</param>
/// <param name="TestMated">Mated pairs among them.</param>
/// <param name="TestNonMated">Non-mated pairs among them.</param>
/// <param name="RankOne">Share of the test people's further pictures whose nearest first picture is the right person's, 0 to 1.</param>
/// <param name="RankOnePeople">Number of people who are enrolled for this.</param>
/// <param name="Calibration">Thresholds by false match rate, from all pairs of the calibration and selection people.</param>
/// <param name="CalibrationPeople">Number of calibration and selection people.</param>
/// <param name="CalibrationNonMated">Non-mated pairs of their pictures.</param>
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
