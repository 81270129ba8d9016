using System.Globalization;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Galleries;
using FaceGrid.Abstractions.Policies;
using FaceGrid.Grains.Maps;
using FaceGrid.Grains.Storage;

namespace FaceGrid.Grains.Galleries;

/// <summary>What a gallery may be set to, and what follows from it.</summary>
internal static class GalleryRules
{
    /// <summary>Refuses settings that are out of range or contradict themselves.</summary>
    /// <param name="settings">What was asked for.</param>
    /// <param name="facesMax">Faces that one person may have.</param>
    /// <exception cref="FaceGridException"><see cref="ErrorCodes.InvalidParameter"/>.</exception>
    public static void Check(GallerySettings settings, int facesMax)
    {
        bool fits = settings.VerifyThreshold is null or (>= 0 and <= 2) && settings.IdentifyThreshold is null or (>= 0 and <= 2);
        fits &= settings.Contract is null || (settings.Contract.Id.Length > 0 && Fits(settings.Contract));
        if (!fits)
        {
            throw new FaceGridException(
                ErrorCodes.InvalidParameter,
                "Thresholds are distances from 0 to 2; a contract has an id of 1 to 128 characters and a dimension from 32 to 2,048.");
        }

        CheckPolicy(settings);
        CheckEnrolment(settings.Enrolment, facesMax);
    }

    /// <summary>Whether a gallery can hold vectors of a contract.</summary>
    /// <param name="contract">The contract; its id may be empty.</param>
    public static bool Fits(Contract contract) => contract is { Id.Length: <= 128, Dimension: >= 32 and <= 2048 };

    /// <summary>Sets thresholds and promises. For each question what is set now replaces what was set before.</summary>
    /// <param name="next">The state to change.</param>
    /// <param name="settings">What was asked for; null members leave what is there, unless the other kind is given.</param>
    public static void Decide(GalleryState next, GallerySettings settings)
    {
        next.VerifyThreshold = settings.VerifyThreshold ?? (settings.Policy?.Verify is null ? next.VerifyThreshold : null);
        next.IdentifyThreshold = settings.IdentifyThreshold ?? (settings.Policy?.Identify is null ? next.IdentifyThreshold : null);
        Promise? verify = settings.Policy?.Verify ?? (settings.VerifyThreshold is null ? next.Policy?.Verify : null);
        Promise? identify = settings.Policy?.Identify ?? (settings.IdentifyThreshold is null ? next.Policy?.Identify : null);
        next.Policy = verify is null && identify is null ? null : new GalleryPolicy(verify, identify);
    }

    /// <summary>
    /// Refuses a promise that a calibration cannot keep at the gallery's present size. One that the gallery outgrows later stays, and its
    /// answers say so.
    /// </summary>
    /// <param name="errors">The calibration, or null for none.</param>
    /// <param name="policy">What is promised.</param>
    /// <param name="people">People in the gallery.</param>
    /// <exception cref="FaceGridException">
    /// <see cref="ErrorCodes.NotCalibrated"/> or <see cref="ErrorCodes.PromiseNotCarried"/>.
    /// </exception>
    public static void RequireCarried(ErrorModel? errors, GalleryPolicy policy, long people)
    {
        if (errors is null)
        {
            throw new FaceGridException(
                ErrorCodes.NotCalibrated,
                "The embedder's profile has no calibration, so no error rate can be promised. "
                + "Calibrate it (facegrid calibrate) or set a distance: verifyThreshold, identifyThreshold.");
        }

        if (policy.Verify?.Fmr < errors.RateMin)
        {
            throw NotCarried($"The calibration carries no fmr below {errors.RateMin:0.##E0}.");
        }

        double smallest = Promises.SmallestFpir(errors, people);
        if (policy.Identify?.Fpir < smallest)
        {
            throw NotCarried($"Among {people} people the calibration carries no fpir below {smallest:0.##E0}.");
        }
    }

    /// <summary>The fixed distance for the model that a gallery migrates to. A distance of one model means nothing for another.</summary>
    /// <param name="now">The distance of the model that is left, or null where none is fixed.</param>
    /// <param name="wanted">The distance for the new model, or null.</param>
    /// <param name="name">Name of the parameter.</param>
    /// <returns><paramref name="wanted"/>.</returns>
    /// <exception cref="FaceGridException"><see cref="ErrorCodes.InvalidParameter"/>: needed and not given, or out of range.</exception>
    public static float? FixedDistance(float? now, float? wanted, string name) => wanted switch
    {
        null when now is not null => throw new FaceGridException(
            ErrorCodes.InvalidParameter,
            $"The gallery decides by a fixed {name}, and a distance of one model means nothing for another: "
            + $"give {name} for the new one, or set a promise first."),
        not null and not (>= 0 and <= 2) => throw new FaceGridException(ErrorCodes.InvalidParameter, $"{name} is a distance, 0 to 2."),
        _ => wanted,
    };

    private static void CheckPolicy(GallerySettings settings)
    {
        if (settings.Policy is not { } policy)
        {
            return;
        }

        string? mistake = policy.Mistake()
            ?? (policy.Verify is not null && settings.VerifyThreshold is not null
                ? "A fixed verifyThreshold and a promise for verify contradict each other: give one of them."
            : policy.Identify is not null && settings.IdentifyThreshold is not null
                ? "A fixed identifyThreshold and a promise for identify contradict each other: give one of them."
            : null);
        if (mistake is not null)
        {
            throw new FaceGridException(ErrorCodes.InvalidParameter, mistake);
        }
    }

    private static void CheckEnrolment(EnrolmentPolicy? policy, int facesMax)
    {
        bool fits = policy?.Quality is null or { IsValid: true };
        fits &= policy?.Duplicates is null or (>= DuplicateRule.Allow and <= DuplicateRule.Reject);
        fits &= policy?.Consistency is null or (>= ConsistencyRule.Off and <= ConsistencyRule.Quarantine);
        fits &= policy?.FacesMax is null || (policy.FacesMax >= 0 && policy.FacesMax <= facesMax);
        if (!fits)
        {
            throw new FaceGridException(
                ErrorCodes.InvalidParameter,
                $"The enrolment policy is out of range: facesMax is 0 to {facesMax}, and quality limits are those of docs/api.md.");
        }
    }

    private static FaceGridException NotCarried(FormattableString detail) =>
        new(ErrorCodes.PromiseNotCarried, detail.ToString(CultureInfo.InvariantCulture));
}
