namespace FaceGrid.Models;

/// <summary>
/// Gives the rate at which two different people are at most a distance apart. The similarities (cosines) of different people have a normal
/// tail: over all decades that Labeled Faces in the Wild can show, the normal deviate of the false match rate is a straight line over the
/// similarity (docs/accuracy.md has the figures). So two numbers describe the tail, also beyond the smallest distance that was seen.
/// </summary>
/// <param name="Intercept">Normal deviate of the false match rate at similarity 0 (distance 1.414).</param>
/// <param name="Slope">Deviates per unit of similarity, above 0.</param>
/// <param name="RateMeasured">
/// The smallest false match rate at which the calibration data held at least ten pairs of people. Below it the line is an extrapolation.
/// </param>
/// <param name="RateMin">
/// The smallest false match rate that may be promised. Down to it the lines of resampled data agree within a factor of two. It is never
/// more than three decades below <paramref name="RateMeasured"/>.
/// </param>
public sealed record ImpostorModel(double Intercept, double Slope, double RateMeasured, double RateMin)
{
    /// <summary>The largest false match rate for which the line is fitted.</summary>
    public const double RateMax = 0.02;

    /// <summary>The false match rate of one comparison.</summary>
    /// <param name="distance">Euclidean distance of unit vectors, 0 to 2.</param>
    /// <param name="shift">How much more alike the people here are than those of the calibration: a similarity, 0 or more.</param>
    /// <returns>0 to 1. Above <see cref="RateMax"/> the line is extended; the rate is then right within a factor of two.</returns>
    public double RateAt(double distance, double shift = 0) => NormalTail.Above(Intercept + (Slope * (SimilarityOf(distance) - shift)));

    /// <summary>The distance at which one comparison has a given false match rate.</summary>
    /// <param name="rate">The rate: above 0, below 1.</param>
    /// <param name="shift">How much more alike the people here are than those of the calibration: a similarity, 0 or more.</param>
    /// <returns>0 to 2, rounded down to float32, so that the rate is never above the given one.</returns>
    public float DistanceAt(double rate, double shift = 0)
    {
        double similarity = Math.Clamp(((NormalTail.DeviateOf(rate) - Intercept) / Slope) + shift, -1, 1);
        double distance = Math.Sqrt(2 - (2 * similarity));
        float rounded = (float)distance;
        return rounded > distance ? MathF.BitDecrement(rounded) : rounded;
    }

    /// <summary>The share of searches with a stranger's face that find somebody.</summary>
    /// <param name="distance">Threshold, 0 to 2.</param>
    /// <param name="people">People searched, 0 or more.</param>
    /// <param name="shift">How much more alike the people here are than those of the calibration: a similarity, 0 or more.</param>
    /// <returns>
    /// 0 to 1: 1 - (1 - rate)^people. The formula takes the comparisons of one probe as independent. Measured, it is right within a tenth
    /// up to 5 % (docs/accuracy.md).
    /// </returns>
    public double FalsePositiveRateAt(double distance, double people, double shift = 0) =>
        -double.ExpM1(people * double.LogP1(-RateAt(distance, shift)));

    /// <summary>Measures how much more alike the people of a gallery are than those of the calibration.</summary>
    /// <param name="nearest">
    /// Distances of some of the gallery's faces to the nearest other person, 0 to 2, in any order. The call sorts the list.
    /// </param>
    /// <param name="others">How many other people each face was compared with, 1 or more.</param>
    /// <returns>
    /// A similarity, 0 or more: the larger of the shifts seen at the nearest quarter and at the nearest half, less the part that chance may
    /// add in a sample of this size. The middle of the list is used and not its end: twins and people who are enrolled twice crowd the end
    /// and say nothing about strangers. The shift is never negative, because enrolled faces are often of better quality than probes.
    /// </returns>
    public double ShiftOf(List<double> nearest, double others)
    {
        nearest.Sort();
        double shift = 0;
        foreach (double share in (ReadOnlySpan<double>)[0.25, 0.5])
        {
            // By chance, a sample of this size may show values up to this share in place of the wanted one (confidence 98 %).
            double sure = Math.Min(0.75, share + (2 * Math.Sqrt(share * (1 - share) / nearest.Count)));
            double seen = SimilarityOf(nearest[(int)(share * nearest.Count)]);
            double expected = (NormalTail.DeviateOf(RateFor(share, others)) - Intercept) / Slope;
            double chance = expected - ((NormalTail.DeviateOf(RateFor(sure, others)) - Intercept) / Slope);
            shift = Math.Max(shift, seen - expected - chance);
        }

        return shift;
    }

    /// <summary>
    /// The false match rate of one comparison at which a search with a stranger's face finds somebody with a given probability.
    /// </summary>
    /// <param name="falsePositiveRate">The probability: above 0, below 1.</param>
    /// <param name="people">People searched; a number below one counts as one.</param>
    /// <returns>Above 0, below 1.</returns>
    public static double RateFor(double falsePositiveRate, double people) =>
        -double.ExpM1(double.LogP1(-falsePositiveRate) / Math.Max(1, people));

    /// <summary>The similarity (cosine) of unit vectors at a distance.</summary>
    /// <param name="distance">0 to 2.</param>
    /// <returns>1 to -1.</returns>
    public static double SimilarityOf(double distance) => 1 - (distance * distance / 2);
}
