using FaceGrid.Abstractions.Cluster;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Galleries;
using FaceGrid.Abstractions.People;
using FaceGrid.Grains.Maps;
using FaceGrid.Grains.Placement;
using FaceGrid.Grains.Storage;
using FaceGrid.Storage;
using Orleans.Concurrency;

namespace FaceGrid.Grains.People;

/// <inheritdoc cref="ICurationGrain"/>
[StatelessWorker]
[Reentrant]
[RequireRole(Roles.People)]
[GrainType("curation")]
public sealed class CurationGrain(IGrainRows rows, PersonRowReader reader, GalleryMaps maps) : Grain, ICurationGrain
{
    /// <inheritdoc/>
    public async Task<bool> SetDifferentAsync(
        string gallery, string person, string other, bool different, CancellationToken cancellationToken)
    {
        CheckTwo(person, other);
        if (different && await GrainFactory.Person(gallery, other).GetAsync(vectors: false, cancellationToken) is null)
        {
            throw NotFound();
        }

        // The other's row first. It may refuse; then nothing has changed, and this person's row still names whom to ask again.
        foreach ((string one, string another) in new[] { (other, person), (person, other) })
        {
            try
            {
                await GrainFactory.Peer(gallery, one).SetDifferentAsync(another, different, cancellationToken);
            }
            catch (FaceGridException gone) when (!different && gone.Code is ErrorCodes.PersonNotFound or ErrorCodes.RowDamaged)
            {
                // The person is gone, or their row cannot be read.
            }
        }

        return different;
    }

    /// <inheritdoc/>
    public async Task<PersonInfo> MergeAsync(string gallery, string person, string other, CancellationToken cancellationToken)
    {
        CheckTwo(person, other);
        IPersonPeerGrain stays = GrainFactory.Peer(gallery, person);
        IPersonPeerGrain goes = GrainFactory.Peer(gallery, other);
        if (await goes.BeginMergeAsync(person, cancellationToken) is { } state)
        {
            try
            {
                await stays.AbsorbAsync(other, state, cancellationToken);
            }
            catch (FaceGridException refused) when (IsRefusal(refused))
            {
                await goes.CancelMergeAsync(state.MergeToken, CancellationToken.None);
                throw;
            }

            await goes.CompleteMergeAsync(state.MergeToken, cancellationToken);
            await stays.SettleMergeAsync(state.MergeToken, cancellationToken);
        }
        else if (await stays.FindMergedAsync(other, cancellationToken) is null)
        {
            throw NotFound();
        }
        else
        {
            // An earlier attempt may have ended between their row and their shard.
            await goes.CompleteMergeAsync(Guid.Empty, cancellationToken);
        }

        PersonInfo merged = await GrainFactory.Person(gallery, person).GetAsync(vectors: false, cancellationToken) ?? throw NotFound();
        await DeclareDifferentAsync(gallery, merged, cancellationToken);
        return merged;
    }

    /// <inheritdoc/>
    public async Task<PersonInfo> UnmergeAsync(string gallery, string person, string other, CancellationToken cancellationToken)
    {
        CheckTwo(person, other);
        IPersonPeerGrain stayed = GrainFactory.Peer(gallery, person);
        IPersonPeerGrain went = GrainFactory.Peer(gallery, other);
        if (await stayed.FindMergedAsync(other, cancellationToken) is { } state)
        {
            await went.RestoreAsync(person, state, cancellationToken);
            await stayed.GiveBackAsync(other, state.MergeToken, cancellationToken);
        }
        else if (!await went.EndMergeAsync(person, cancellationToken))
        {
            throw new FaceGridException(ErrorCodes.NotMerged, "The one was not merged into the other.");
        }
        else
        {
            // The row has given everything back, but the shard may not know it yet.
            await stayed.GiveBackAsync(other, Guid.Empty, cancellationToken);
        }

        return await GrainFactory.Person(gallery, other).GetAsync(vectors: false, cancellationToken) ?? throw NotFound();
    }

    /// <inheritdoc/>
    public Task<ReportPage> ReportAsync(string gallery, string? after, int limit, bool lookAlikes, CancellationToken cancellationToken) =>
        new CurationReport(rows, reader, maps, GrainFactory).ReadAsync(gallery, after, limit, lookAlikes, cancellationToken);

    /// <summary>
    /// The person who stays took over from whom the other was declared different: these rows must name them as well. Also when a merge is
    /// repeated: an earlier attempt may have ended here.
    /// </summary>
    private async Task DeclareDifferentAsync(string gallery, PersonInfo merged, CancellationToken cancellationToken)
    {
        foreach (string different in merged.DifferentFrom ?? [])
        {
            try
            {
                await GrainFactory.Peer(gallery, different).SetDifferentAsync(merged.Id, different: true, cancellationToken);
            }
            catch (FaceGridException gone) when (
                gone.Code is ErrorCodes.PersonNotFound or ErrorCodes.RowDamaged or ErrorCodes.InvalidParameter)
            {
                // They were deleted meanwhile, or their row takes no more. That undoes no merge, and the pair stands in this person's row.
            }
        }
    }

    // The person who stays cannot take the other over, now or later.
    private static bool IsRefusal(FaceGridException failure) => failure.Code
        is ErrorCodes.PersonNotFound or ErrorCodes.MergeConflict or ErrorCodes.TooManyFaces or ErrorCodes.RowDamaged;

    private static void CheckTwo(string person, string other)
    {
        if (person == other)
        {
            throw new FaceGridException(ErrorCodes.InvalidParameter, "Two different ids are needed.");
        }
    }

    private static FaceGridException NotFound() => new(ErrorCodes.PersonNotFound, "The person is not enrolled in this gallery.");
}
