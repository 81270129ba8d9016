namespace FaceGrid.Models;

/// <summary>A figure that was measured on a model.</summary>
/// <param name="Value">The figure. The property that holds it names the unit.</param>
/// <param name="Origin">How it was measured: data or machine, protocol, command.</param>
public sealed record MeasuredFigure(double Value, string Origin);
