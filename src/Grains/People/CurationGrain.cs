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
public sealed partial class CurationGrain(IGrainRows rows, PersonRowReader reader, GalleryMaps maps) : Grain, ICurationGrain
{
    /// <inheritdoc/>
    public async Task<bool> SetDifferentAsync(string gallery, string person, string other, bool different, CancellationToken cancellationToken)
    {
        CheckTwo(person, other);
        if (different && await Person(gallery, other).GetAsync(vectors: false, cancellationToken) is null)
        {
            throw NotFound();
        }

        // Theirs first: their row may refuse, and then nothing has changed, and this one still names whom to ask again.
        foreach ((string one, string another) in new[] { (other, person), (person, other) })
        {
            try
            {
                await Peer(gallery, one).SetDifferentAsync(another, different, cancellationToken);
            }
            catch (FaceGridException gone) when (!different && gone.Code is ErrorCodes.PersonNotFound or ErrorCodes.RowDamaged)
            {
                // Nobody is left to be different, or nobody can tell.
            }
        }

        return different;
    }

    /// <inheritdoc/>
    public async Task<PersonInfo> MergeAsync(string gallery, string person, string other, CancellationToken cancellationToken)
    {
        CheckTwo(person, other);
        IPersonPeerGrain stays = Peer(gallery, person);
        IPersonPeerGrain goes = Peer(gallery, other);
        if (await goes.BeginMergeAsync(person, cancellationToken) is { } state)
        {
            try
            {
                await stays.AbsorbAsync(other, state, cancellationToken);
            }
            catch (FaceGridException refused) when (refused.Code is ErrorCodes.PersonNotFound or ErrorCodes.MergeConflict or ErrorCodes.TooManyFaces or ErrorCodes.RowDamaged)
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
            await goes.CompleteMergeAsync(Guid.Empty, cancellationToken); // An earlier attempt may have ended between their row and their shard.
        }

        // Whoever is not the one is not the other. Also when repeated: an earlier attempt may have ended here.
        PersonInfo merged = await Person(gallery, person).GetAsync(vectors: false, cancellationToken) ?? throw NotFound();
        foreach (string different in merged.DifferentFrom ?? [])
        {
            try
            {
                await Peer(gallery, different).SetDifferentAsync(person, different: true, cancellationToken);
            }
            catch (FaceGridException gone) when (gone.Code is ErrorCodes.PersonNotFound or ErrorCodes.RowDamaged or ErrorCodes.InvalidParameter)
            {
                // Deleted meanwhile, or their row takes it no more: that undoes no merge, and the pair stands in this one's row.
            }
        }

        return merged;
    }

    /// <inheritdoc/>
    public async Task<PersonInfo> UnmergeAsync(string gallery, string person, string other, CancellationToken cancellationToken)
    {
        CheckTwo(person, other);
        IPersonPeerGrain stayed = Peer(gallery, person);
        IPersonPeerGrain went = Peer(gallery, other);
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
            await stayed.GiveBackAsync(other, Guid.Empty, cancellationToken); // Likewise: what is given back already may not be known to the shard yet.
        }

        return await Person(gallery, other).GetAsync(vectors: false, cancellationToken) ?? throw NotFound();
    }

    private IPersonGrain Person(string gallery, string person) => GrainFactory.GetGrain<IPersonGrain>(PersonKey.Of(gallery, person).ToString());

    private IPersonPeerGrain Peer(string gallery, string person) => GrainFactory.GetGrain<IPersonPeerGrain>(PersonKey.Of(gallery, person).ToString());

    private static void CheckTwo(string person, string other)
    {
        if (person == other)
        {
            throw new FaceGridException(ErrorCodes.InvalidParameter, "Two different ids are needed.");
        }
    }

    private static FaceGridException NotFound() => new(ErrorCodes.PersonNotFound, "The person is not enrolled in this gallery.");
}
