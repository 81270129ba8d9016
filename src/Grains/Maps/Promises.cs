using FaceGrid.Abstractions.Galleries;
using FaceGrid.Abstractions.People;
using FaceGrid.Abstractions.Policies;
using FaceGrid.Models;

namespace FaceGrid.Grains.Maps;

/// <summary>Turns promises into distances, and distances into predicted errors.</summary>
internal static class Promises
{
    /// <summary>The threshold in force for verify.</summary>
    /// <param name="distance">A fixed distance, or null.</param>
    /// <param name="profile">What the embedder's profile lists, for embedders without a calibration.</param>
    /// <param name="errors">The calibration, or null.</param>
    /// <param name="promise">What is promised, or null for the default.</param>
    /// <returns>The threshold, or null when none is known.</returns>
    public static Threshold? Verify(float? distance, Threshold? profile, ErrorModel? errors, Promise? promise)
    {
        if (distance is { } fix)
        {
            return Predicted(new Threshold(fix, "gallery", FalseMatchRate: null), errors, shift: 0);
        }

        promise ??= GalleryPolicy.Default.Verify;
        return errors is null
            ? profile
            : Predicted(Promised(Model(errors).DistanceAt(Math.Max(promise!.Fmr!.Value, errors.RateMin)), promise), errors, shift: 0);
    }

    /// <summary>The threshold in force for identify. A promise follows the number of people, and with it every answer.</summary>
    /// <param name="map">What is known of the gallery.</param>
    /// <param name="requested">The caller's own distance, or null.</param>
    /// <param name="people">People searched.</param>
    /// <returns>The threshold.</returns>
    public static Threshold Identify(GalleryMap map, float? requested, long people)
    {
        Threshold? given = requested is { } distance ? new Threshold(distance, "request", FalseMatchRate: null) : map.Identify;
        if (given is null && map is { Errors: { } errors, Promise.Fpir: { } share })
        {
            double rate = Math.Max(ImpostorModel.RateFor(share, people), errors.RateMin);
            given = Promised(Model(errors).DistanceAt(rate, map.Shift), map.Promise);
        }

        return given is null ? Threshold.None : Predicted(given, map.Errors, map.Shift, people);
    }

    /// <summary>The smallest share of strangers found that the calibration carries in a gallery.</summary>
    /// <param name="errors">The calibration.</param>
    /// <param name="people">People in the gallery.</param>
    /// <returns>0 to 1.</returns>
    public static double SmallestFpir(ErrorModel errors, long people) => -double.ExpM1(Math.Max(1, people) * double.LogP1(-errors.RateMin));

    /// <summary>The calibration as the library knows it.</summary>
    /// <param name="errors">From a profile.</param>
    /// <returns>The model.</returns>
    public static ImpostorModel Model(ErrorModel errors) => new(errors.Intercept, errors.Slope, errors.RateMeasured, errors.RateMin);

    private static Threshold Promised(double distance, Promise? promise) =>
        new((float)distance, "promise", FalseMatchRate: null, Promise: promise);

    // Rates that a profile lists were counted on its own data, and stay as they are.
    private static Threshold Predicted(Threshold threshold, ErrorModel? errors, double shift, long? people = null)
    {
        if (errors is null)
        {
            return threshold;
        }

        ImpostorModel model = Model(errors);
        double rate = model.RateAt(threshold.Distance, shift);
        return threshold with
        {
            FalseMatchRate = Rounded(rate),
            FalsePositiveRate = people is { } searched ? Rounded(model.FalsePositiveRateAt(threshold.Distance, searched, shift)) : null,
            Extrapolated = rate < errors.RateMeasured,
        };
    }

    // Three digits are more than a prediction has.
    private static double Rounded(double rate) =>
        rate <= 0 ? 0 : Math.Round(rate, Math.Clamp(2 - (int)Math.Floor(Math.Log10(rate)), 0, 15));
}
