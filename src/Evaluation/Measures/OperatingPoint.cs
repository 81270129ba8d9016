namespace FaceGrid.Evaluation.Measures;

/// <summary>
/// The true accept rate at a false accept rate. Accepting means distance &lt;= threshold; the threshold is the largest float32 distance at
/// which at most the share <paramref name="FalseAcceptRate"/> of the non-mated pairs is accepted.
/// </summary>
/// <param name="FalseAcceptRate">The allowed share of accepted non-mated pairs.</param>
/// <param name="TrueAcceptRate">Share of mated pairs accepted at that threshold, 0 to 1.</param>
/// <param name="Threshold">Euclidean distance, 0 to 2.</param>
internal sealed record OperatingPoint(double FalseAcceptRate, double TrueAcceptRate, double Threshold)
{
    /// <summary>Finds the point.</summary>
    /// <param name="rate">The allowed share.</param>
    /// <param name="nonMatedCount">All non-mated pairs.</param>
    /// <param name="nonMatedAscending">
    /// At least the floor(rate x count) + 1 smallest squared distances of non-mated pairs, ascending.
    /// </param>
    /// <param name="mated">Squared distances of all mated pairs; a pair without a vector has infinity.</param>
    /// <returns>The point.</returns>
    public static OperatingPoint Find(double rate, long nonMatedCount, ReadOnlySpan<float> nonMatedAscending, ReadOnlySpan<float> mated)
    {
        // A little is added because 0.001 x 3000 is 2.9999999999999996 in binary.
        int allowed = (int)Math.Floor((rate * nonMatedCount) + 1e-6);
        float squared = allowed < nonMatedAscending.Length ? MathF.BitDecrement(nonMatedAscending[allowed]) : 4f;
        int accepted = 0;
        foreach (float distance in mated)
        {
            accepted += distance <= squared ? 1 : 0;
        }

        return new OperatingPoint(rate, mated.Length == 0 ? 0 : (double)accepted / mated.Length, Math.Sqrt(Math.Clamp(squared, 0, 4)));
    }
}
