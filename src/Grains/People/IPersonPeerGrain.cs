using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Galleries;
using FaceGrid.Abstractions.People;
using FaceGrid.Grains.Storage;
using Orleans.Concurrency;

namespace FaceGrid.Grains.People;

/// <summary>
/// What a person's grain does for other grains. Key: <see cref="PersonKey"/>; the same grain as <see cref="IPersonGrain"/>.
/// </summary>
[Alias("fg.IPersonPeerGrain")]
public interface IPersonPeerGrain : IGrainWithStringKey
{
    /// <summary>
    /// Two new people who look alike found each other, each after its own row was durable. A person that is settled stays; when neither is,
    /// the one with the smaller id. Answers also while a turn is under way, because the two may ask each other.
    /// </summary>
    /// <param name="rival">The one who asks, as this person would name them.</param>
    /// <returns>True when this person stays and the rival has to give way.</returns>
    [Alias("Contest")]
    [AlwaysInterleave]
    Task<bool> ContestAsync(LookAlike rival);

    /// <summary>Declares that the person is not another one, or takes it back; in this person's row only.</summary>
    /// <param name="other">Person id.</param>
    /// <param name="different">True to declare it.</param>
    /// <param name="cancellationToken">A cancelled call may have written the row; it may be repeated.</param>
    /// <returns>When it is durable.</returns>
    /// <exception cref="FaceGridException">Person not found, merge conflict, or too many.</exception>
    [Alias("SetDifferent")]
    Task SetDifferentAsync(string other, bool different, CancellationToken cancellationToken);

    /// <summary>First step of a merge, for the person who goes: from now on the row takes no other change.</summary>
    /// <param name="into">Id of the person who stays.</param>
    /// <param name="cancellationToken">A cancelled call may have written the row; repeat it or <see cref="CancelMergeAsync"/>.</param>
    /// <returns>The row, with the token of this merge, or null when there is no such person.</returns>
    /// <exception cref="FaceGridException">
    /// <see cref="ErrorCodes.MergeConflict"/> when the person goes into another or is declared different.
    /// </exception>
    [Alias("BeginMerge")]
    Task<PersonState?> BeginMergeAsync(string into, CancellationToken cancellationToken);

    /// <summary>Second step, for the person who stays: takes over faces, labels and the name, and remembers whose they were.</summary>
    /// <param name="from">Id of the person who goes.</param>
    /// <param name="other">Their row.</param>
    /// <param name="cancellationToken">A cancelled call may have written the row; it may be repeated.</param>
    /// <returns>When durable and searchable.</returns>
    /// <exception cref="FaceGridException">
    /// Person not found, merge conflict, too many faces, or <see cref="ErrorCodes.ShardsMissing"/>.
    /// </exception>
    [Alias("Absorb")]
    [ResponseTimeout("00:01:00")]
    Task AbsorbAsync(string from, PersonState other, CancellationToken cancellationToken);

    /// <summary>
    /// Whether this person is going into another by a merge that has not been taken back. Answers also while a turn is under way: it only
    /// looks.
    /// </summary>
    /// <param name="token">Of the first step.</param>
    /// <returns>False for a person of their own, null when there is no such person.</returns>
    [Alias("IsMerging")]
    [AlwaysInterleave]
    Task<bool?> IsMergingAsync(Guid token);

    /// <summary>Whether this person holds what another brought by a merge. Answers also while a turn is under way.</summary>
    /// <param name="token">Of the merge.</param>
    [Alias("Remembers")]
    [AlwaysInterleave]
    Task<bool> RemembersAsync(Guid token);

    /// <summary>Third step, for the person who goes: the row is erased.</summary>
    /// <param name="token">Of the first step; the row of another merge, or of one that has been taken back, is left alone.</param>
    /// <param name="cancellationToken">A cancelled call may have erased a part; repeat it to finish.</param>
    /// <returns>When gone from the row, the shard and the files.</returns>
    [Alias("CompleteMerge")]
    [ResponseTimeout("00:01:00")]
    Task CompleteMergeAsync(Guid token, CancellationToken cancellationToken);

    /// <summary>
    /// Last step, for the person who stays: notes how far sightings under the other's id mean the other. Their row is gone, so no sighting
    /// names them anew before another person has the id.
    /// </summary>
    /// <param name="token">Of the merge.</param>
    /// <param name="cancellationToken">A cancelled call may be repeated.</param>
    /// <returns>When durable; it is done once.</returns>
    [Alias("SettleMerge")]
    Task SettleMergeAsync(Guid token, CancellationToken cancellationToken);

    /// <summary>Takes the first step back.</summary>
    /// <param name="token">Of the first step.</param>
    /// <param name="cancellationToken">A cancelled call may be repeated.</param>
    /// <returns>When durable.</returns>
    [Alias("CancelMerge")]
    Task CancelMergeAsync(Guid token, CancellationToken cancellationToken);

    /// <summary>
    /// For the person who was to go: takes the first step back when nothing else was done, and says whether nothing is left to undo.
    /// </summary>
    /// <param name="from">Id of the person who would have stayed.</param>
    /// <param name="cancellationToken">A cancelled call may be repeated.</param>
    /// <returns>True when this person was to go into, or was taken back from, <paramref name="from"/>.</returns>
    [Alias("EndMerge")]
    Task<bool> EndMergeAsync(string from, CancellationToken cancellationToken);

    /// <summary>What this person's row remembers of a person who was merged into them.</summary>
    /// <param name="from">Id of the person who went.</param>
    /// <param name="cancellationToken">A cancelled call changes nothing.</param>
    /// <returns>Their row as it was, without faces removed since, or null.</returns>
    [Alias("FindMerged")]
    Task<PersonState?> FindMergedAsync(string from, CancellationToken cancellationToken);

    /// <summary>First step of undoing a merge, for the person who went: their row is made again.</summary>
    /// <param name="from">Id of the person into whom they were merged.</param>
    /// <param name="state">Their row.</param>
    /// <param name="cancellationToken">A cancelled call may have written the row; it may be repeated.</param>
    /// <returns>When durable and searchable.</returns>
    /// <exception cref="FaceGridException">
    /// <see cref="ErrorCodes.MergeConflict"/> when another person has the id by now, or <see cref="ErrorCodes.ShardsMissing"/>.
    /// </exception>
    [Alias("Restore")]
    [ResponseTimeout("00:01:00")]
    Task RestoreAsync(string from, PersonState state, CancellationToken cancellationToken);

    /// <summary>Second step of undoing a merge, for the person who stayed: gives back what came from the other.</summary>
    /// <param name="from">Id of the person who went.</param>
    /// <param name="token">Of the merge.</param>
    /// <param name="cancellationToken">A cancelled call may have written the row; it may be repeated.</param>
    /// <returns>When durable and searchable.</returns>
    [Alias("GiveBack")]
    [ResponseTimeout("00:01:00")]
    Task GiveBackAsync(string from, Guid token, CancellationToken cancellationToken);

    /// <summary>
    /// Adds vectors of the model to which the gallery migrates, or from which it came. Faces that have one are left alone.
    /// </summary>
    /// <param name="contract">Contract of the vectors; when the gallery does not hold it as its second one, nothing is done.</param>
    /// <param name="vectors">Made from the person's cut-outs.</param>
    /// <param name="cancellationToken">A cancelled call may have written the row; it may be repeated.</param>
    /// <returns>True when durable and known to the shard.</returns>
    [Alias("Fill")]
    [ResponseTimeout("00:01:00")]
    Task<bool> FillAsync(string contract, MadeVector[] vectors, CancellationToken cancellationToken);

    /// <summary>Erases vectors of contracts that the gallery does not hold any more.</summary>
    /// <param name="contractRevision">
    /// The gallery's <see cref="GalleryMap.ContractRevision"/>: an older copy of its map does not count.
    /// </param>
    /// <param name="cancellationToken">A cancelled call may be repeated.</param>
    /// <returns>When durable.</returns>
    [Alias("Tidy")]
    [ResponseTimeout("00:01:00")]
    Task TidyAsync(int contractRevision, CancellationToken cancellationToken);
}

/// <summary>A vector that was made from a cut-out.</summary>
/// <param name="FaceId">The face.</param>
/// <param name="Vector">Little-endian float32.</param>
[GenerateSerializer, Immutable]
[Alias("fg.made-vector")]
public readonly record struct MadeVector(
    [property: Id(0)] string FaceId,
    [property: Id(1)] byte[] Vector);
