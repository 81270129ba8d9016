namespace FaceGrid.Evaluation.Plots;

/// <summary>One line of a plot.</summary>
/// <param name="Name">What the legend says; nothing when empty.</param>
/// <param name="Points">Its points, in order; for a logarithmic axis those at 0 or below are left out.</param>
/// <param name="Colour">Number of a colour.</param>
/// <param name="Dashes">SVG dash pattern; empty for a full line.</param>
internal sealed record PlotLine(string Name, IReadOnlyList<(double X, double Y)> Points, int Colour, string Dashes = "");
