namespace FaceGrid.Load.Engine;

/// <summary>Cost of the engine at one size.</summary>
/// <param name="Rows">Templates.</param>
/// <param name="Dimension">Length of a vector.</param>
/// <param name="Batch">Probes per pass.</param>
/// <param name="PassMilliseconds">Time of a pass.</param>
/// <param name="BuildSeconds">Time to fill the index on one thread.</param>
/// <param name="IndexBytes">Native memory of the index.</param>
internal sealed record GrowthPoint(int Rows, int Dimension, int Batch, Spread PassMilliseconds, double BuildSeconds, long IndexBytes);
