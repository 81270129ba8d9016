using FaceGrid.Evaluation.Measures;

namespace FaceGrid.Evaluation.Accuracy;

/// <summary>LFW View 2 in figures.</summary>
/// <param name="Accuracy">Mean accuracy over the folds, 0 to 1.</param>
/// <param name="AccuracyDeviation">Standard deviation over the folds (of the population).</param>
/// <param name="BestDistance">The Euclidean distance with the best accuracy over all pairs.</param>
/// <param name="BestAccuracy">That accuracy, 0 to 1.</param>
/// <param name="TarAtFar1e3">True accept rate at a false accept rate of 1e-3, all folds together.</param>
/// <param name="Mated">Mated pairs.</param>
/// <param name="NonMated">Non-mated pairs.</param>
/// <param name="FoldAccuracies">Accuracy of each fold.</param>
internal sealed record View2Figures(
    double Accuracy,
    double AccuracyDeviation,
    double BestDistance,
    double BestAccuracy,
    OperatingPoint TarAtFar1e3,
    int Mated,
    int NonMated,
    IReadOnlyList<double> FoldAccuracies);
