using System.Globalization;
using FaceGrid.Abstractions.Cluster;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Galleries;
using FaceGrid.Abstractions.People;
using FaceGrid.Abstractions.Policies;
using FaceGrid.Grains.Maps;
using FaceGrid.Grains.Storage;

namespace FaceGrid.Grains.Galleries;

// What a gallery promises. For each question either a distance is fixed or an error rate is promised, whichever was set last; where neither was set and the embedder
// is calibrated, the default is promised.
public sealed partial class GalleryGrain
{
    private static GalleryMap MapOf(GalleryState state) => new(
        state.Epoch,
        state.Level,
        state.NextLevel,
        state.Contract,
        Promises.Verify(state.VerifyThreshold, state.ProfileVerify, state.Errors, state.Policy?.Verify),
        FixedIdentify(state),
        state.Errors,
        PromisedIdentify(state),
        state.Alikeness?.Shift ?? 0,
        state.Pad)
    {
        Enrolment = state.Enrolment,
        Other = state.Move?.Held,
        ContractRevision = state.ContractRevision,
        NamesNeeded = state.NamesNeeded,
    };

    private static Threshold? FixedIdentify(GalleryState state) =>
        state.IdentifyThreshold is { } distance ? new Threshold(distance, "gallery", FalseMatchRate: null)
        : state.Errors is null ? state.ProfileIdentify
        : null;

    private static Promise? PromisedIdentify(GalleryState state) =>
        state.IdentifyThreshold is null && state.Errors is not null ? state.Policy?.Identify ?? GalleryPolicy.Default.Identify : null;

    /// <summary>What is promised now: nothing where a distance is fixed or no calibration is known.</summary>
    private static GalleryPolicy PolicyOf(GalleryState state) => new(
        state.VerifyThreshold is null && state.Errors is not null ? state.Policy?.Verify ?? GalleryPolicy.Default.Verify : null,
        PromisedIdentify(state));

    private static void CheckPolicy(GallerySettings settings)
    {
        if (settings.Policy is not { } policy)
        {
            return;
        }

        string? mistake = policy.Mistake()
            ?? (policy.Verify is not null && settings.VerifyThreshold is not null ? "A fixed verifyThreshold and a promise for verify contradict each other: give one of them."
            : policy.Identify is not null && settings.IdentifyThreshold is not null ? "A fixed identifyThreshold and a promise for identify contradict each other: give one of them."
            : null);
        if (mistake is not null)
        {
            throw new FaceGridException(ErrorCodes.InvalidParameter, mistake);
        }
    }

    private static void Decide(GalleryState next, GallerySettings settings)
    {
        next.VerifyThreshold = settings.VerifyThreshold ?? (settings.Policy?.Verify is null ? next.VerifyThreshold : null);
        next.IdentifyThreshold = settings.IdentifyThreshold ?? (settings.Policy?.Identify is null ? next.IdentifyThreshold : null);
        Promise? verify = settings.Policy?.Verify ?? (settings.VerifyThreshold is null ? next.Policy?.Verify : null);
        Promise? identify = settings.Policy?.Identify ?? (settings.IdentifyThreshold is null ? next.Policy?.Identify : null);
        next.Policy = verify is null && identify is null ? null : new GalleryPolicy(verify, identify);
    }

    /// <summary>Refuses a promise that the gallery cannot keep at its present size. One that it outgrows stays, and its answers say so.</summary>
    private async Task RequireCarriedAsync(GalleryState next, GalleryPolicy policy, CancellationToken cancellationToken)
    {
        if (next.Contract is null)
        {
            // Whether it can be kept is known when a contract is bound.
            return;
        }

        next.Errors ??= await ErrorsAsync(next.Contract, cancellationToken);
        RequireCarried(next.Errors, policy, _map is null ? 0 : (await GetAsync(cancellationToken))?.People ?? 0);
    }

    private static void RequireCarried(ErrorModel? errors, GalleryPolicy policy, long people)
    {
        if (errors is null)
        {
            throw new FaceGridException(
                ErrorCodes.NotCalibrated,
                "The embedder's profile has no calibration, so no error rate can be promised. Calibrate it (facegrid calibrate) or set a distance: verifyThreshold, identifyThreshold.");
        }

        if (policy.Verify?.Fmr < errors.RateMin)
        {
            throw new FaceGridException(ErrorCodes.PromiseNotCarried, string.Create(CultureInfo.InvariantCulture, $"The calibration carries no fmr below {errors.RateMin:0.##E0}."));
        }

        double smallest = Promises.SmallestFpir(errors, people);
        if (policy.Identify?.Fpir < smallest)
        {
            throw new FaceGridException(
                ErrorCodes.PromiseNotCarried, string.Create(CultureInfo.InvariantCulture, $"Among {people} people the calibration carries no fpir below {smallest:0.##E0}."));
        }
    }

    private async Task<ErrorModel?> ErrorsAsync(Contract contract, CancellationToken cancellationToken)
    {
        ClusterInfo cluster = await GrainFactory.GetGrain<IClusterGrain>(0).GetEmbeddersAsync(cancellationToken);
        return cluster.Embedders.Values.SelectMany(info => info.All).FirstOrDefault(info => info.Contract == contract && info.Errors is not null)?.Errors;
    }
}
