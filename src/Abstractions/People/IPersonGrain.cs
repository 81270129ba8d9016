using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Search;

namespace FaceGrid.Abstractions.People;

/// <summary>
/// An enrolled person. Key: <see cref="PersonKey"/>. Owns the person's row, the only durable copy of their templates; every method is
/// idempotent. All throw <see cref="FaceGridException"/> with <see cref="ErrorCodes.GalleryNotFound"/>,
/// <see cref="ErrorCodes.StorageUnavailable"/> and what each names.
/// </summary>
[Alias("fg.IPersonGrain")]
public interface IPersonGrain : IGrainWithStringKey
{
    /// <summary>
    /// A number that names the person's present state, or their absence, and changes with every write. A caller that may call again when no
    /// answer comes gives it with the write. Then one of all those calls is carried out, whenever and however they arrive, and no call that
    /// was given up undoes a later write.
    /// </summary>
    /// <returns>The row version.</returns>
    [Alias("GetMark")]
    Task<long> GetRowVersionAsync();

    /// <summary>Creates or changes the person: row first, then shard, then the answer.</summary>
    /// <param name="write">What to change.</param>
    /// <param name="cancellationToken">Ends the wait for the shard; a write that has begun is finished.</param>
    /// <returns>The person after the write.</returns>
    /// <exception cref="OutdatedRowVersionException">
    /// <see cref="PersonWrite.RowVersion"/> is not the person's row version any more.
    /// </exception>
    /// <exception cref="FaceGridException">
    /// Wrong dimension, not finite, zero norm, contract mismatch or unknown, too many faces, invalid parameter.
    /// </exception>
    [Alias("Write")]
    [ResponseTimeout("00:01:00")]
    Task<WriteResult> WriteAsync(PersonWrite write, CancellationToken cancellationToken);

    /// <summary>Reads the person.</summary>
    /// <param name="vectors">True to include the templates.</param>
    /// <param name="cancellationToken">A cancelled call changes nothing.</param>
    /// <returns>The person, or null when not enrolled.</returns>
    [Alias("Get")]
    Task<PersonInfo?> GetAsync(bool vectors, CancellationToken cancellationToken);

    /// <summary>Removes one face; one that the person does not have is removed already.</summary>
    /// <param name="faceId">Face id.</param>
    /// <param name="rowVersion">The state that the caller knows, or null for any.</param>
    /// <param name="cancellationToken">A cancelled call may have written the row; it may be repeated.</param>
    /// <returns>The person after the write.</returns>
    /// <exception cref="OutdatedRowVersionException"><paramref name="rowVersion"/> is not the person's row version any more.</exception>
    /// <exception cref="FaceGridException">Person not found.</exception>
    [Alias("RemoveFace")]
    [ResponseTimeout("00:01:00")]
    Task<WriteResult> RemoveFaceAsync(string faceId, long? rowVersion, CancellationToken cancellationToken);

    /// <summary>Takes a face out of quarantine: from now on it is searched and used by verify.</summary>
    /// <param name="faceId">Face id; one that is not in quarantine is left as it is.</param>
    /// <param name="cancellationToken">A cancelled call may have written the row; it may be repeated.</param>
    /// <returns>The person after the write.</returns>
    /// <exception cref="FaceGridException">Person or face not found, or <see cref="ErrorCodes.MergeConflict"/>.</exception>
    [Alias("ReleaseFace")]
    [ResponseTimeout("00:01:00")]
    Task<WriteResult> ReleaseFaceAsync(string faceId, CancellationToken cancellationToken);

    /// <summary>
    /// Deletes the person: the row is erased, the shard told, free pages of the database files overwritten; then the answer.
    /// </summary>
    /// <param name="rowVersion">The state that the caller knows, or null for any.</param>
    /// <param name="cancellationToken">A cancelled call may have deleted a part; repeat it to finish.</param>
    /// <returns>True when the person existed, false when there was no such person.</returns>
    /// <exception cref="OutdatedRowVersionException"><paramref name="rowVersion"/> is not the person's row version any more.</exception>
    /// <exception cref="FaceGridException">
    /// <see cref="ErrorCodes.ShardsMissing"/> when the row is gone but the shard could not be told: retry.
    /// </exception>
    [Alias("Delete")]
    [ResponseTimeout("00:01:00")]
    Task<bool> DeleteAsync(long? rowVersion, CancellationToken cancellationToken);

    /// <summary>Compares a probe with the person's faces. No shard is touched.</summary>
    /// <param name="probe">The face asked about.</param>
    /// <param name="cancellationToken">A cancelled call changes nothing.</param>
    /// <returns>Match or not, with distance and threshold.</returns>
    /// <exception cref="FaceGridException">
    /// Person not found, wrong dimension, not finite, zero norm, contract mismatch; face-not-found when the person has no face.
    /// </exception>
    [Alias("Verify")]
    Task<VerifyResult> VerifyAsync(Probe probe, CancellationToken cancellationToken);
}
