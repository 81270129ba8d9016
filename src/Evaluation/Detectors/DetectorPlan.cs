namespace FaceGrid.Evaluation.Detectors;

/// <summary>Names the detector that is judged and the detector that it is compared with.</summary>
/// <param name="Detector">The detector that is judged: profile id, or path of a profile file.</param>
/// <param name="Reference">The detector that it is compared with: profile id, or path of a profile file.</param>
/// <param name="ConfidenceMin">Least confidence of a face of the judged detector, 0.1 to 1; null for the value of its profile.</param>
/// <param name="ModelDirectory">Directory of models; null for the usual one.</param>
internal sealed record DetectorPlan(string Detector, string Reference, float? ConfidenceMin, string? ModelDirectory);
