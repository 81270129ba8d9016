using FaceGrid.Evaluation.Measures;

namespace FaceGrid.Evaluation.Promise;

/// <summary>Galleries of people who are alike, in figures.</summary>
/// <param name="Promise">Promised share of strangers found.</param>
/// <param name="People">People enrolled.</param>
/// <param name="Crowds">Crowds drawn.</param>
/// <param name="Shift">Mean shift that the galleries found, similarity.</param>
/// <param name="FalsePositiveAlone">FPIR with the calibration alone.</param>
/// <param name="FalsePositive">FPIR with the shift.</param>
/// <param name="FalseNegativeAlone">FNIR with the calibration alone.</param>
/// <param name="FalseNegative">FNIR with the shift.</param>
internal sealed record CrowdFigures(
    double Promise,
    int People,
    int Crowds,
    double Shift,
    Share FalsePositiveAlone,
    Share FalsePositive,
    Share FalseNegativeAlone,
    Share FalseNegative);
