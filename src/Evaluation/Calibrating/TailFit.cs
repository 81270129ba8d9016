using FaceGrid.Evaluation.Measures;
using FaceGrid.Models;

namespace FaceGrid.Evaluation.Calibrating;

/// <summary>
/// Fits the impostor line: the normal deviate of the false match rate over the similarity. The fit takes least squares at four rates per
/// decade, from 2 % down to the rate at which thirty pairs of people are left. There is a distance at which the line expects half a pair.
/// Pairs of people who are nearer than that are look-alikes. They are taken out, and the line is fitted again.
/// </summary>
internal sealed class TailFit
{
    private const int PairsAtEnd = 30;
    private const int PairsMeasured = 10;
    private const int Replicates = 200;
    private const double StepsPerDecade = 4;
    private const double Decades = 3;
    private readonly PairTally _tally;
    private readonly NearPair[] _strangers;

    private TailFit(PairTally tally)
    {
        _tally = tally;
        _strangers = tally.Near;
        LookAlikes = [];
        for (int round = 0; round < 3; round++)
        {
            (Intercept, Slope) = Line(Points(_strangers, null));
            float nearest = SquaredAt(0.5 / tally.PeoplePairs);
            HashSet<(int, int)> alike =
            [
                .. tally.Near.TakeWhile(pair => pair.Squared < nearest).Select(
                    pair => (Math.Min(pair.A, pair.B), Math.Max(pair.A, pair.B))),
            ];
            LookAlikes = [.. alike
                .Select(people => new LookAlike(
                    tally.Names[people.Item1],
                    tally.Names[people.Item2],
                    Math.Sqrt(tally.Near.First(pair => IsOf(pair, people)).Squared)))
                .OrderBy(pair => pair.Distance)];
            _strangers = [.. tally.Near.Where(pair => !alike.Contains((Math.Min(pair.A, pair.B), Math.Max(pair.A, pair.B))))];
        }
    }

    /// <summary>Deviate at similarity 0.</summary>
    public double Intercept { get; private set; }

    /// <summary>Deviates per unit of similarity.</summary>
    public double Slope { get; private set; }

    /// <summary>Pairs of people that were taken out, the nearest first.</summary>
    public IReadOnlyList<LookAlike> LookAlikes { get; private set; }

    /// <summary>Fits.</summary>
    /// <param name="tally">All pairs of a labelled set.</param>
    /// <param name="seed">Seed of the resampling that finds the smallest rate for which the line can be used.</param>
    /// <returns>The fit and the model.</returns>
    /// <exception cref="EvaluationException">There are too few people for any line (<c>too-few-impostors</c>).</exception>
    public static (TailFit Fit, ImpostorModel Model) Of(PairTally tally, int seed)
    {
        double end = (double)PairsAtEnd / Math.Max(1, tally.PeoplePairs);
        if (end > ImpostorModel.RateMax / 10)
        {
            throw new EvaluationException(
                $"{tally.People} people make {tally.PeoplePairs} pairs of strangers, which show no false match rate below {end:0.###}. "
                    + $"A calibration needs at least {PeopleMin} people.",
                "too-few-impostors");
        }

        TailFit fit = new(tally);
        double measured = (double)PairsMeasured / tally.PeoplePairs;
        return (
            fit,
            new ImpostorModel(Rounded(fit.Intercept), Rounded(fit.Slope), Rounded(measured), Rounded(fit.SmallestRate(measured, seed))));
    }

    /// <summary>The smallest number of people for which a line can be fitted.</summary>
    private static int PeopleMin => (int)Math.Ceiling(Math.Sqrt(2 * PairsAtEnd * 10 / ImpostorModel.RateMax) + 0.5);

    private static double Rounded(double value) =>
        double.Parse(
            value.ToString("G6", System.Globalization.CultureInfo.InvariantCulture), System.Globalization.CultureInfo.InvariantCulture);

    private static bool IsOf(NearPair pair, (int A, int B) people) => (Math.Min(pair.A, pair.B), Math.Max(pair.A, pair.B)) == people;

    private float SquaredAt(double rate) => (float)Math.Clamp(2 - (2 * (NormalTail.DeviateOf(rate) - Intercept) / Slope), 0, 4);

    /// <summary>The points for the fit: four rates per decade, and the similarities at which the pairs reach these rates.</summary>
    private List<(double Similarity, double Deviate)> Points(NearPair[] pairs, int[]? times)
    {
        List<(double, double)> points = [];
        double all = times is null ? _tally.PeoplePairs : (Math.Pow(times.Sum(), 2) - times.Sum(count => (double)count * count)) / 2;
        double rate = ImpostorModel.RateMax;
        double end = PairsAtEnd / (double)_tally.PeoplePairs;

        // The pairs come from near to far. The pair with which the rate reaches a step of the ladder gives the point of this step.
        List<double> ladder = [];
        for (; rate >= end; rate /= Math.Pow(10, 1 / StepsPerDecade))
        {
            ladder.Add(rate);
        }

        int step = ladder.Count - 1;
        double sum = 0;
        foreach (NearPair pair in pairs)
        {
            sum += pair.Weight * (times is null ? 1 : (double)times[pair.A] * times[pair.B]);
            while (step >= 0 && sum / all >= ladder[step])
            {
                points.Add((1 - (pair.Squared / 2.0), NormalTail.DeviateOf(sum / all)));
                step--;
            }
        }

        return points;
    }

    private static (double Intercept, double Slope) Line(List<(double Similarity, double Deviate)> points)
    {
        double meanX = points.Average(point => point.Similarity);
        double meanY = points.Average(point => point.Deviate);
        double slope = points.Sum(
            point => (point.Similarity - meanX) * (point.Deviate - meanY)) / points.Sum(point => Math.Pow(point.Similarity - meanX, 2));
        return (meanY - (slope * meanX), slope);
    }

    /// <summary>
    /// Goes down from the smallest rate that was seen until the lines of resampled people disagree by more than a factor of two.
    /// </summary>
    private double SmallestRate(double measured, int seed)
    {
        Random random = new(seed);
        (double Intercept, double Slope)[] lines = [.. Enumerable.Range(0, Replicates).Select(_ =>
        {
            int[] times = new int[_tally.People];
            for (int i = 0; i < times.Length; i++)
            {
                times[random.Next(times.Length)]++;
            }

            return Line(Points(_strangers, times));
        })];
        double smallest = ImpostorModel.RateMax;
        for (double rate = ImpostorModel.RateMax; rate >= measured * Math.Pow(10, -Decades); rate /= Math.Pow(10, 1 / StepsPerDecade))
        {
            double similarity = (NormalTail.DeviateOf(rate) - Intercept) / Slope;
            double[] rates = [.. lines.Select(line => NormalTail.Above(line.Intercept + (line.Slope * similarity))).Order()];
            if (rates[(int)(0.05 * rates.Length)] < rate / 2 || rates[(int)(0.95 * rates.Length)] > rate * 2)
            {
                break;
            }

            smallest = rate;
        }

        return smallest;
    }
}
