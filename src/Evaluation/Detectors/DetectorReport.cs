namespace FaceGrid.Evaluation.Detectors;

/// <summary>What <see cref="DetectorRun"/> found.</summary>
/// <param name="Detector">Profile id of the detector that was judged.</param>
/// <param name="Reference">Profile id of the detector that it was compared with.</param>
/// <param name="Figures">Figures of single pictures, then of all together.</param>
internal sealed record DetectorReport(string Detector, string Reference, IReadOnlyList<DetectorFigures> Figures);
