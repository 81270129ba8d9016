namespace FaceGrid.Evaluation.Pad;

/// <summary>
/// A rate of errors with its 95 % confidence interval by Wilson (E. B. Wilson, Journal of the American Statistical Association 22, 1927).
/// The interval also holds when there are few pictures or no errors.
/// </summary>
/// <param name="Value">Errors over pictures, 0 to 1.</param>
/// <param name="Low">Lower end of the interval.</param>
/// <param name="High">Upper end.</param>
/// <param name="Errors">Pictures decided wrongly.</param>
/// <param name="Pictures">Pictures decided.</param>
internal sealed record PadRate(double Value, double Low, double High, int Errors, int Pictures)
{
    // The 97.5 % quantile of the normal distribution.
    private const double Z = 1.959964;

    /// <summary>Computes the rate.</summary>
    /// <param name="errors">Pictures decided wrongly.</param>
    /// <param name="pictures">Pictures decided.</param>
    /// <returns>The rate, or null without a picture.</returns>
    public static PadRate? Of(int errors, int pictures)
    {
        if (pictures == 0)
        {
            return null;
        }

        double rate = errors / (double)pictures, square = Z * Z / pictures;
        double centre = (rate + (square / 2)) / (1 + square);
        double half = Z * Math.Sqrt((rate * (1 - rate) / pictures) + (square / (4 * pictures))) / (1 + square);
        return new PadRate(
            rate, errors == 0 ? 0 : Math.Max(0, centre - half), errors == pictures ? 1 : Math.Min(1, centre + half), errors, pictures);
    }

    /// <summary>Writes the rate for readers.</summary>
    /// <returns>Per cent with the interval, and what was counted.</returns>
    public string InWords() =>
        FormattableString.Invariant($"{100 * Value:0.00} % ({100 * Low:0.00} to {100 * High:0.00}; {Errors} of {Pictures})");
}
