using System.Globalization;

namespace FaceGrid.Evaluation.Plots;

/// <summary>One axis of a plot.</summary>
/// <param name="Title">What it shows.</param>
/// <param name="From">Smallest value shown; above 0 on a logarithmic axis.</param>
/// <param name="To">Largest value shown.</param>
/// <param name="Logarithmic">True for decades, false for even steps.</param>
/// <param name="Percent">True to write values as per cent.</param>
internal sealed record PlotAxis(string Title, double From, double To, bool Logarithmic = true, bool Percent = false)
{
    private const int Steps = 5;

    /// <summary>Where a value is.</summary>
    /// <param name="value">The value. A value outside the axis is put at the end of the axis.</param>
    /// <returns>0 at <see cref="From"/>, 1 at <see cref="To"/>.</returns>
    public double Place(double value)
    {
        double at = Math.Clamp(value, From, To);
        return Logarithmic ? Math.Log(at / From) / Math.Log(To / From) : (at - From) / (To - From);
    }

    /// <summary>Values that get a line and a number.</summary>
    /// <returns>Ascending.</returns>
    public IEnumerable<double> Marks()
    {
        if (!Logarithmic)
        {
            return Enumerable.Range(0, Steps + 1).Select(step => From + ((To - From) * step / Steps));
        }

        int first = (int)Math.Ceiling(Math.Log10(From) - 1e-9);
        int last = (int)Math.Floor(Math.Log10(To) + 1e-9);
        return Enumerable.Range(first, last - first + 1).Select(decade => Math.Pow(10, decade));
    }

    /// <summary>Writes a value.</summary>
    /// <param name="value">A mark.</param>
    /// <returns>Text.</returns>
    public string Write(double value) => Percent ? string.Create(CultureInfo.InvariantCulture, $"{100 * value:0.####} %")
        : value is > 0 and < 1e-3 ? value.ToString("0E0", CultureInfo.InvariantCulture)
        : value.ToString("#,0.###", CultureInfo.InvariantCulture);
}
