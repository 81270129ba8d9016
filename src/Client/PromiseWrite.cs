namespace FaceGrid.Client;

/// <summary>One promised rate.</summary>
/// <param name="Fmr">False match rate: share of pairs of different people that verify takes for the same.</param>
/// <param name="Fpir">False positive identification rate: share of strangers for whom identify finds somebody.</param>
public sealed record PromiseWrite(double? Fmr, double? Fpir);
