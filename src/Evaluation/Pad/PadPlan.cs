namespace FaceGrid.Evaluation.Pad;

/// <summary>Which models tell live faces from pictures of faces, and how they are run.</summary>
/// <param name="Pad">Profile ids, or paths of profile files, that are asked together.</param>
/// <param name="Detector">Profile id, or path of a profile file.</param>
/// <param name="ModelDirectory">Directory of models; null for the usual one.</param>
/// <param name="Threads">Threads to work with, at least 1.</param>
internal sealed record PadPlan(string[] Pad, string Detector, string? ModelDirectory, int Threads);
