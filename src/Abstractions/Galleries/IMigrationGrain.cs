using FaceGrid.Abstractions.Errors;
using Orleans.Concurrency;

namespace FaceGrid.Abstractions.Galleries;

/// <summary>
/// Migrates a gallery to another model while it is used. Key: <see cref="IGalleryGrain.KeyOf"/>; the same grain as
/// <see cref="IGalleryGrain"/>. Each step may be repeated. A step that names an older state is refused with
/// <see cref="ErrorCodes.MigrationConflict"/>, so a call that was given up and arrives late undoes nothing. All steps throw
/// <see cref="FaceGridException"/> with <see cref="ErrorCodes.GalleryNotFound"/>, <see cref="ErrorCodes.StorageUnavailable"/> or
/// <see cref="ErrorCodes.ShardsMissing"/> (nothing has changed; try again), and with the codes that each names.
/// </summary>
[Alias("fg.IMigrationGrain")]
public interface IMigrationGrain : IGrainWithStringKey
{
    /// <summary>Begins to make vectors of another model beside those that are searched.</summary>
    /// <param name="request">The new model, and the fixed distances for it.</param>
    /// <param name="contractRevision">The gallery's <see cref="GalleryMap.ContractRevision"/> as the caller knows it.</param>
    /// <param name="cancellationToken">Ends the wait; the change may still be made.</param>
    /// <returns>The migration; as it stands, when the same one is under way.</returns>
    /// <exception cref="FaceGridException">
    /// <see cref="ErrorCodes.ModelUnavailable"/>: no node runs that profile; <see cref="ErrorCodes.MigrationConflict"/>: another migration
    /// is under way, or the gallery holds that model, or no contract at all; <see cref="ErrorCodes.InvalidParameter"/>: a fixed distance
    /// is needed, or out of range; <see cref="ErrorCodes.NotCalibrated"/>, <see cref="ErrorCodes.PromiseNotCarried"/>: the gallery's
    /// promises cannot be kept with it.
    /// </exception>
    [Alias("Begin")]
    [ResponseTimeout("00:10:00")]
    Task<MigrationInfo> BeginAsync(MigrationRequest request, int contractRevision, CancellationToken cancellationToken);

    /// <summary>Reads the migration; answers also while a step is under way.</summary>
    /// <returns>The migration, or null when there is none.</returns>
    [Alias("GetMigration")]
    [AlwaysInterleave]
    Task<MigrationInfo?> GetMigrationAsync();

    /// <summary>Searches the new model from now on. Nobody is missing from an answer meanwhile.</summary>
    /// <param name="contractRevision">The state that the caller knows.</param>
    /// <param name="leave">
    /// True to go ahead although people lack vectors of the new model. They stay enrolled, are not found, and are listed until they are
    /// enrolled again.
    /// </param>
    /// <param name="cancellationToken">Ends the wait; the change may still be made.</param>
    /// <returns>The migration after it.</returns>
    /// <exception cref="FaceGridException">
    /// <see cref="ErrorCodes.NoMigration"/>; <see cref="ErrorCodes.MigrationNotReady"/>: vectors are still being made;
    /// <see cref="ErrorCodes.PeopleLacking"/>.
    /// </exception>
    [Alias("Switch")]
    [ResponseTimeout("00:10:00")]
    Task<MigrationInfo> SwitchAsync(int contractRevision, bool leave, CancellationToken cancellationToken);

    /// <summary>
    /// Searches the old model again. People enrolled since the switch have vectors of both where their pictures were read.
    /// </summary>
    /// <param name="contractRevision">The state that the caller knows.</param>
    /// <param name="leave">As for the switch, for people who lack vectors of the old model.</param>
    /// <param name="cancellationToken">Ends the wait; the change may still be made.</param>
    /// <returns>The migration after it, as before the switch.</returns>
    /// <exception cref="FaceGridException">As for the switch.</exception>
    [Alias("RollBack")]
    [ResponseTimeout("00:10:00")]
    Task<MigrationInfo> RollBackAsync(int contractRevision, bool leave, CancellationToken cancellationToken);

    /// <summary>
    /// Keeps the model that is searched and erases the vectors of the other. After the switch this ends the migration; before it this
    /// gives the migration up.
    /// </summary>
    /// <param name="contractRevision">The state that the caller knows.</param>
    /// <param name="switched">True for the end after the switch, false for giving up before it; the other is refused.</param>
    /// <param name="cancellationToken">Ends the wait; the change may still be made.</param>
    /// <returns>The migration; what is left to do goes on by itself.</returns>
    /// <exception cref="FaceGridException"><see cref="ErrorCodes.NoMigration"/>, or <see cref="ErrorCodes.MigrationConflict"/>.</exception>
    [Alias("Finish")]
    [ResponseTimeout("00:10:00")]
    Task<MigrationInfo> FinishAsync(int contractRevision, bool switched, CancellationToken cancellationToken);
}
