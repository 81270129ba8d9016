namespace FaceGrid.Load.Engine;

/// <summary>A figure measured several times.</summary>
/// <param name="Median">Median.</param>
/// <param name="Min">Smallest.</param>
/// <param name="Max">Largest.</param>
internal sealed record Spread(double Median, double Min, double Max)
{
    /// <summary>Sums up measurements, at least one.</summary>
    public static Spread Of(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return new Spread((sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2, sorted[0], sorted[^1]);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Median:0.###} ({Min:0.###} to {Max:0.###})";
}
