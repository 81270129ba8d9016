using System.Globalization;

namespace FaceGrid.Benchmarks;

/// <summary>Medians and spreads.</summary>
internal static class Statistics
{
    /// <summary>The value below which the fraction <paramref name="fraction"/> of the values lies (nearest rank).</summary>
    public static double Percentile(IReadOnlyCollection<double> values, double fraction) =>
        values.Order().ElementAt(Math.Clamp((int)Math.Ceiling(fraction * values.Count) - 1, 0, values.Count - 1));

    /// <summary>The median.</summary>
    public static double Median(IReadOnlyCollection<double> values) => Percentile(values, 0.5);

    /// <summary>Median with the smallest and the largest value, for people.</summary>
    /// <param name="values">At least one.</param>
    /// <param name="format">A number format; text after a space is the unit.</param>
    public static string Of(IReadOnlyCollection<double> values, string format)
    {
        string[] parts = format.Split(' ', 2);
        string Number(double value) => value.ToString(parts[0], CultureInfo.InvariantCulture);
        return $"{Number(Median(values))}{(parts.Length > 1 ? " " + parts[1] : "")} ({Number(values.Min())} to {Number(values.Max())})";
    }
}
