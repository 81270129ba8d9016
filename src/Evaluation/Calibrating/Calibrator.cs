using System.Globalization;
using FaceGrid.Evaluation.Faces;
using FaceGrid.Evaluation.Measures;
using FaceGrid.Models;

namespace FaceGrid.Evaluation.Calibrating;

/// <summary>Makes the calibration of an embedder from a labelled set.</summary>
internal static class Calibrator
{
    private static readonly double[] Rates = [1e-2, 1e-3, 1e-4, 1e-5, 1e-6];

    /// <summary>
    /// The share of non-mated pairs that is kept one by one. It is a little more than the share that the line is fitted to.
    /// </summary>
    public const double NearShare = 1.5 * ImpostorModel.RateMax;

    /// <summary>Calibrates.</summary>
    /// <param name="set">The labelled set.</param>
    /// <param name="tally">All its pairs.</param>
    /// <param name="name">Name of the set in the provenance.</param>
    /// <param name="date">Today.</param>
    /// <param name="command">The command that makes the calibration.</param>
    /// <param name="seed">Seed of the resampling.</param>
    /// <returns>The calibration, and the look-alikes that were left out.</returns>
    /// <exception cref="EvaluationException">One person only, no mated pairs, or too few people.</exception>
    public static (Calibration Calibration, IReadOnlyList<LookAlike> LookAlikes) Calibrate(
        FaceSet set, PairTally tally, string name, DateOnly date, string command, int seed)
    {
        if (tally.People < 2)
        {
            throw new EvaluationException(
                $"The set shows {tally.People} person: without pairs of different people nothing can be calibrated.", "too-few-impostors");
        }

        long mated = tally.Mated.Sum(distances => (long)distances.Length);
        if (mated == 0)
        {
            throw new EvaluationException(
                "Nobody in the set has two pictures with a face: without mated pairs nobody knows what a threshold costs.",
                "no-mated-pairs");
        }

        (TailFit fit, ImpostorModel model) = TailFit.Of(tally, seed);
        CalibrationSource source = new(
            name,
            tally.People,
            tally.Pictures,
            tally.PeoplePairs,
            mated,
            fit.LookAlikes.Count,
            set.Detector,
            date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            command);
        return (new Calibration(model, [.. PointsOf(tally, model)], source), fit.LookAlikes);
    }

    /// <summary>Refuses a calibration that rests on too few people for a promise.</summary>
    /// <param name="calibration">The calibration.</param>
    /// <param name="fmr">The false match rate to promise, or null.</param>
    /// <param name="fpir">The share of strangers found to promise for a gallery of <paramref name="people"/>, or null.</param>
    /// <param name="people">Number of people in that gallery.</param>
    /// <exception cref="EvaluationException">The pictures show too few people for the promise (<c>promise-not-carried</c>).</exception>
    public static void RequirePromise(Calibration calibration, double? fmr, double? fpir, int people)
    {
        double smallest = calibration.Impostor.RateMin;
        string few = $"{calibration.Source.People} people are too few to promise";
        if (fmr < smallest)
        {
            throw NotCarried($"{few} a false match rate of {fmr:0.##E0}: the smallest they carry is {smallest:0.##E0}.");
        }

        if (fpir is { } share && ImpostorModel.RateFor(share, people) < smallest)
        {
            double carried = -double.ExpM1(people * double.LogP1(-smallest));
            FormattableString promised = $"that {100 * share:0.####} % of strangers are found among {people}";
            throw NotCarried(
                $"{few} {FormattableString.Invariant(promised)}: the smallest they carry is {100 * carried:0.####} %.");
        }
    }

    private static EvaluationException NotCarried(FormattableString detail) =>
        new(FormattableString.Invariant(detail), "promise-not-carried");

    /// <summary>
    /// Errors at the distances that a reader looks for. These are the distances of one rate per decade, down to the smallest rate that was
    /// measured, and every tenth from 0.3, where nearly every mated pair is missed, to 1.1.
    /// </summary>
    private static IEnumerable<CalibrationPoint> PointsOf(PairTally tally, ImpostorModel model)
    {
        IEnumerable<float> atRates = Rates.Where(rate => rate >= model.RateMeasured).Select(rate => model.DistanceAt(rate));
        IEnumerable<float> even = Enumerable.Range(3, 9).Select(tenth => tenth / 10f);
        foreach (float distance in atRates.Concat(even).Distinct().Order())
        {
            float squared = distance * distance;
            yield return new CalibrationPoint(distance, Math.Round(tally.RateAt(squared), 9), Math.Round(tally.MissRateAt(squared), 5));
        }
    }
}
