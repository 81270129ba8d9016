namespace FaceGrid.Models;

/// <summary>The upper tail of the standard normal distribution and its inverse, correct to ten digits down to 1e-300.</summary>
/// <remarks>Series and continued fraction: Abramowitz and Stegun, Handbook of Mathematical Functions, 26.2.11 and 26.2.14.</remarks>
public static class NormalTail
{
    private const double SeriesBelow = 3;
    private const int FractionTerms = 120;

    /// <summary>The probability that a value is above a deviate.</summary>
    /// <param name="deviate">Standard deviations from the mean, finite.</param>
    /// <returns>0 to 1.</returns>
    public static double Above(double deviate) =>
        deviate < 0 ? 1 - Above(-deviate)
        : deviate < SeriesBelow ? 0.5 - (Density(deviate) * Series(deviate))
        : Density(deviate) / Fraction(deviate);

    /// <summary>The deviate that a value exceeds with a given probability.</summary>
    /// <param name="probability">Above 0, below 1.</param>
    /// <returns>Standard deviations from the mean.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="probability"/> is not between 0 and 1.</exception>
    public static double DeviateOf(double probability)
    {
        if (probability is not (> 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(probability));
        }

        if (probability > 0.5)
        {
            return -DeviateOf(1 - probability);
        }

        // Newton's method on the logarithm, which is convex and nearly a parabola: it converges from every start above the root.
        double deviate = Math.Sqrt(-2 * Math.Log(probability));
        for (int i = 0; i < 50; i++)
        {
            double above = Above(deviate);
            double step = (Math.Log(above) - Math.Log(probability)) * above / Density(deviate);
            deviate += step;
            if (Math.Abs(step) < 1e-13)
            {
                break;
            }
        }

        return deviate;
    }

    private static double Density(double deviate) => Math.Exp(-deviate * deviate / 2) / Math.Sqrt(2 * Math.PI);

    private static double Series(double deviate)
    {
        double term = deviate;
        double sum = deviate;
        for (int n = 1; term > sum * 1e-17; n++)
        {
            term *= deviate * deviate / ((2 * n) + 1);
            sum += term;
        }

        return sum;
    }

    private static double Fraction(double deviate)
    {
        double fraction = deviate;
        for (int n = FractionTerms; n > 0; n--)
        {
            fraction = deviate + (n / fraction);
        }

        return fraction;
    }
}
