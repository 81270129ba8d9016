namespace FaceGrid.Models;

/// <summary>Something measured about a model.</summary>
/// <param name="Value">The figure; its unit is that of the property that holds it.</param>
/// <param name="Origin">How it was measured: data or machine, protocol, command.</param>
public sealed record MeasuredFigure(double Value, string Origin);
