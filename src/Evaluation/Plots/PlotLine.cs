namespace FaceGrid.Evaluation.Plots;

/// <summary>One line of a plot.</summary>
/// <param name="Name">Text in the legend. When it is empty, the legend leaves the line out.</param>
/// <param name="Points">Its points, in order. A logarithmic axis leaves out points at 0 or below.</param>
/// <param name="Colour">Number of a colour.</param>
/// <param name="Dashes">SVG dash pattern; empty for a full line.</param>
internal sealed record PlotLine(string Name, IReadOnlyList<(double X, double Y)> Points, int Colour, string Dashes = "");
