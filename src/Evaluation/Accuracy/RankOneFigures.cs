namespace FaceGrid.Evaluation.Accuracy;

/// <summary>Identification in figures.</summary>
/// <param name="People">People enrolled.</param>
/// <param name="Probes">Pictures that were searched.</param>
/// <param name="Rate">Share of probes whose nearest person is the right one, 0 to 1.</param>
/// <param name="DifferentFromPlainLoop">
/// Probes whose first five hits differ from those of the plain loop in at least one bit. Any value but 0 is a defect.
/// </param>
/// <param name="Kernel">The instruction path of the search.</param>
internal sealed record RankOneFigures(int People, int Probes, double Rate, int DifferentFromPlainLoop, string Kernel);
