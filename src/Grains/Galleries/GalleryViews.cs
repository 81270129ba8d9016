using FaceGrid.Abstractions.Galleries;
using FaceGrid.Abstractions.People;
using FaceGrid.Abstractions.Policies;
using FaceGrid.Grains.Maps;
using FaceGrid.Grains.Storage;

namespace FaceGrid.Grains.Galleries;

/// <summary>
/// A gallery's row as others see it. For each question either a distance is fixed or an error rate is promised, whichever was set last;
/// where neither was set and the embedder is calibrated, the default is promised.
/// </summary>
internal static class GalleryViews
{
    /// <summary>As people, shards and searches see it.</summary>
    /// <param name="state">The row.</param>
    /// <returns>The map.</returns>
    public static GalleryMap MapOf(GalleryState state) => new(
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
        Other = state.Migration?.Held,
        ContractRevision = state.ContractRevision,
        NamesNeeded = state.NamesNeeded,
    };

    /// <summary>As callers see it.</summary>
    /// <param name="gallery">Gallery id.</param>
    /// <param name="state">The row.</param>
    /// <param name="people">
    /// People counted, or null: then thresholds are for as many as there were when the gallery last looked at its own faces.
    /// </param>
    /// <returns>The gallery, without a count of faces and without progress of a migration.</returns>
    public static GalleryInfo InfoOf(string gallery, GalleryState state, long? people = null)
    {
        GalleryMap map = MapOf(state);
        Threshold identify = Promises.Identify(map, requested: null, people ?? state.Alikeness?.People ?? 0);
        return new GalleryInfo(
            gallery,
            state.Contract,
            map.Verify,
            identify.IsNone ? null : identify,
            state.Level,
            state.NextLevel is not null,
            people,
            Faces: null,
            state.CreatedAt,
            PolicyOf(state),
            state.Alikeness,
            state.Pad)
        {
            Enrolment = state.Enrolment,
            Migration = MigrationOf(state, null),
        };
    }

    /// <summary>The migration of a gallery as callers see it.</summary>
    /// <param name="state">The row.</param>
    /// <param name="progress">What passes over the people have found, or null while none has.</param>
    /// <returns>The migration, or null when there is none.</returns>
    public static MigrationInfo? MigrationOf(GalleryState state, MigrationReport? progress) => state.Migration is not { } migration
        ? null
        : new MigrationInfo(
            migration.State == MigrationState.Filling && progress is { Complete: true } ? MigrationState.Ready : migration.State,
            migration.From,
            migration.To,
            migration.StartedAt,
            state.ContractRevision,
            progress?.Progress);

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
}
