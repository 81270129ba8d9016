namespace FaceGrid.Evaluation.Detectors;

/// <summary>Which detector is held against which.</summary>
/// <param name="Detector">The one that is judged: profile id, or path of a profile file.</param>
/// <param name="Reference">The one that it is held against, likewise.</param>
/// <param name="ConfidenceMin">Least confidence of a face of the one that is judged, 0.1 to 1; null for its profile's.</param>
/// <param name="ModelDirectory">Directory of models; null for the usual one.</param>
internal sealed record DetectorPlan(string Detector, string Reference, float? ConfidenceMin, string? ModelDirectory);
