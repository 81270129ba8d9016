using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Galleries;
using FaceGrid.Abstractions.People;
using FaceGrid.Grains.Storage;

namespace FaceGrid.Grains.People;

// Two rows, no transaction: every step is one row, durable before the next begins, and may be repeated.
// Merge: (1) the one who goes says so in their row and takes no more changes; (2) the one who stays takes everything over; (3) the first row is deleted. A crash leaves faces in both rows, never in none.
// Undo: (1) the row of the one who went is made again; (2) the one who stayed gives back. A token made in step 1 tells this merge from others of people with the same ids.
public sealed partial class PersonGrain
{
    /// <inheritdoc/>
    public async Task<PersonState?> BeginMergeAsync(string into, CancellationToken cancellationToken)
    {
        GalleryMap map = await MapAsync(cancellationToken);
        if (!Exists(map))
        {
            Leave();
            return null;
        }

        if (row.State.MergingInto != into)
        {
            RequireNoMerge();
            if (row.State.DifferentFrom?.Contains(into) == true)
            {
                throw new FaceGridException(ErrorCodes.MergeConflict, "The two are declared different people; take that back first.");
            }

            PersonState next = Copy(map);
            next.MergingInto = into;
            next.MergeToken = Guid.NewGuid();
            await SaveAsync(next);
        }

        return row.State;
    }

    /// <inheritdoc/>
    public async Task AbsorbAsync(string from, PersonState other, CancellationToken cancellationToken)
    {
        GalleryMap map = await RequirePersonAsync(cancellationToken);
        RequireNoMerge();
        if (row.State.Merged?.Exists(merged => merged.State.MergeToken == other.MergeToken) != true)
        {
            // A call that was given up may arrive when the merge has been undone; then they are somebody of their own again.
            if (await Peer(from).IsMergingAsync(other.MergeToken) != true)
            {
                throw new FaceGridException(ErrorCodes.MergeConflict, "That merge has been taken back.");
            }

            PersonState next = Copy(map);
            // Somebody who was to be parted, and came back with all that had been taken over before it could be given up here: that is finished first, or their faces would count as this person's own.
            if (next.Merged?.FindLast(merged => merged.Person == from && merged.State.Faces.TrueForAll(moved => other.Faces.Exists(face => face.Id == moved.Id))) is { } unfinished)
            {
                HandOut(next, unfinished);
            }

            TakeOver(next, from, other.ArrangedFor(map));
            if (next.Faces.Count > options.Value.PersonFacesMax)
            {
                throw TooManyFaces();
            }

            next.Revision = NextRevision();
            await SaveAsync(next);
        }

        await TakeCropsAsync(from, other, cancellationToken);
        await RequireSearchableAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public Task<bool?> IsMergingAsync(Guid token) => Task.FromResult(row.RecordExists ? row.State.MergingInto is not null && row.State.MergeToken == token : (bool?)null);

    /// <inheritdoc/>
    public Task<bool> RemembersAsync(Guid token) => Task.FromResult(row.RecordExists && row.State.Merged?.Exists(merged => merged.State.MergeToken == token) == true);

    /// <inheritdoc/>
    public async Task CompleteMergeAsync(Guid token, CancellationToken cancellationToken)
    {
        GalleryMap map = await MapAsync(cancellationToken);
        if (!Exists(map) || await IsMergingAsync(token) == true)
        {
            await EraseAsync(map, sightingsToo: false, cancellationToken); // Who they were seen as stays true. Also without a row: an earlier attempt may have ended between the row and the shard.
            LogMerged(logger, _key.Gallery);
        }
    }

    /// <inheritdoc/>
    public async Task SettleMergeAsync(Guid token, CancellationToken cancellationToken)
    {
        GalleryMap map = await MapAsync(cancellationToken);
        if (Exists(map) && row.State.Merged?.Exists(merged => merged.State.MergeToken == token && merged.SeenUpTo is null) == true)
        {
            long last = (await sightings.ReadEventsAsync(long.MaxValue, 1, cancellationToken)).Last;
            PersonState next = Copy(map);
            next.Merged = next.Merged!.ConvertAll(merged => merged.State.MergeToken == token && merged.SeenUpTo is null ? merged.SeenTo(last) : merged);
            await SaveAsync(next);
        }
    }

    /// <inheritdoc/>
    public async Task CancelMergeAsync(Guid token, CancellationToken cancellationToken)
    {
        GalleryMap map = await MapAsync(cancellationToken);
        if (Exists(map) && row.State.MergingInto is not null && row.State.MergeToken == token)
        {
            PersonState next = Copy(map);
            next.UnmergedFrom = next.MergingInto;
            next.MergingInto = null;
            await SaveAsync(next);
        }
    }

    /// <inheritdoc/>
    public async Task<bool> EndMergeAsync(string from, CancellationToken cancellationToken)
    {
        await RequirePersonAsync(cancellationToken);
        if (row.State.MergingInto == from)
        {
            await CancelMergeAsync(row.State.MergeToken, cancellationToken);
        }

        return row.State.MergingInto is null && row.State.UnmergedFrom == from;
    }

    /// <inheritdoc/>
    public async Task<PersonState?> FindMergedAsync(string from, CancellationToken cancellationToken)
    {
        PersonState keeper = row.State.ArrangedFor(await RequirePersonAsync(cancellationToken));
        if (keeper.Merged?.FindLast(merged => merged.Person == from) is not { } memory)
        {
            return null;
        }

        PersonState state = memory.State.Copy();
        (state.Contract, state.OtherContract) = (keeper.Contract, keeper.OtherContract);
        state.Faces = [.. state.Faces.Select(face => WithVectors(face, keeper)).OfType<FaceState>()];
        return state;
    }

    /// <inheritdoc/>
    public async Task RestoreAsync(string from, PersonState state, CancellationToken cancellationToken)
    {
        GalleryMap map = await MapAsync(cancellationToken);
        if (Exists(map) && row.State.MergeToken != state.MergeToken)
        {
            throw new FaceGridException(ErrorCodes.MergeConflict, "Somebody else has been enrolled under that id since; delete or merge them first.");
        }

        if (!Exists(map) && !await Peer(from).RemembersAsync(state.MergeToken))
        {
            throw new FaceGridException(ErrorCodes.MergeConflict, "That merge has been undone since, and who came of it is gone."); // As above: a call that comes late makes nobody.
        }

        if (!Exists(map) || row.State.MergingInto is not null)
        {
            PersonState next = Exists(map) ? Copy(map) : state.ArrangedFor(map).Copy();
            next.Epoch = map.Epoch;
            next.Revision = NextRevision();
            next.MergingInto = null;
            next.UnmergedFrom = from;
            await SaveAsync(next);
        }

        await TakeCropsAsync(from, state, cancellationToken);
        await RequireSearchableAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async Task GiveBackAsync(string from, Guid token, CancellationToken cancellationToken)
    {
        GalleryMap map = await RequirePersonAsync(cancellationToken);
        if (row.State.Merged?.Find(merged => merged.Person == from && merged.State.MergeToken == token) is { } memory)
        {
            RequireNoMerge();
            PersonState next = Copy(map);
            HandOut(next, memory);
            await ForgetCropsAsync(row.State.Faces.Where(face => !next.Faces.Exists(kept => kept.Id == face.Id)));
            next.Revision = NextRevision();
            await SaveAsync(next);
            LogUnmerged(logger, _key.Gallery);
        }

        await RequireSearchableAsync(cancellationToken);
    }

    /// <summary>
    /// Finishes merges into this person that broke off when all was taken over: the other row still holds what is to be erased here, and would be found by it, or bring it back.
    /// </summary>
    /// <param name="faceId">Only merges that brought this face; null for all.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    private async Task FinishMergesAsync(string? faceId, CancellationToken cancellationToken)
    {
        foreach (MergedPerson merged in row.State.Merged?.Where(merged => faceId is null || merged.State.Faces.Exists(face => face.Id == faceId)) ?? [])
        {
            // Somebody of their own is left alone; they may be finishing with this person at the same moment, too.
            try
            {
                if (await Peer(merged.Person).IsMergingAsync(merged.State.MergeToken) != false)
                {
                    await Peer(merged.Person).CompleteMergeAsync(merged.State.MergeToken, cancellationToken);
                }
            }
            catch (FaceGridException damaged) when (damaged.Code == ErrorCodes.RowDamaged)
            {
                // Nobody is found by it.
            }
        }
    }

    /// <summary>Finishes a parting from somebody that broke off when this person was there again: the other row may still hold what is to be erased here.</summary>
    private async Task FinishPartingAsync(CancellationToken cancellationToken)
    {
        if (row.State.UnmergedFrom is { } from)
        {
            try
            {
                await Peer(from).GiveBackAsync(_key.Person, row.State.MergeToken, cancellationToken);
            }
            catch (FaceGridException gone) when (gone.Code is ErrorCodes.PersonNotFound or ErrorCodes.RowDamaged)
            {
                // With everything that they held, or nobody is found by it.
            }
        }
    }

    private IPersonPeerGrain Peer(string person) => grains.GetGrain<IPersonPeerGrain>(PersonKey.Of(_key.Gallery, person).ToString());

    private void TakeOver(PersonState next, string from, PersonState other)
    {
        var memory = new MergedPerson { Person = from, At = time.GetUtcNow(), State = other.Copy(), NameMoved = next.Name is null && other.Name is not null };
        memory.State.MergingInto = null;
        memory.State.Faces = [.. other.Faces.Select(face => next.Faces.Exists(known => known.Id == face.Id) ? face : face.WithVectors([], null))];
        next.Faces.AddRange(other.Faces.Where(face => !next.Faces.Exists(known => known.Id == face.Id)).ToArray());
        next.Contract ??= other.Contract;
        next.OtherContract ??= other.OtherContract;
        next.Name ??= other.Name;
        foreach ((string key, string value) in other.Labels.Where(label => next.Labels.Count < LabelsMax && !next.Labels.ContainsKey(label.Key)))
        {
            next.Labels[key] = value;
            memory.LabelsMoved.Add(key);
        }

        memory.DifferentMoved = [.. (other.DifferentFrom ?? []).Except(next.DifferentFrom ?? []).Where(person => person != _key.Person)];
        next.DifferentFrom = memory.DifferentMoved.Count == 0 ? next.DifferentFrom : [.. next.DifferentFrom ?? [], .. memory.DifferentMoved];
        next.Merged = [.. next.Merged ?? [], memory];
    }

    private static void HandOut(PersonState next, MergedPerson memory)
    {
        next.Faces.RemoveAll(face => memory.State.Faces.Exists(moved => moved.Id == face.Id && moved.IsBare));
        next.Name = memory.NameMoved && next.Name == memory.State.Name ? null : next.Name;
        foreach (string key in memory.LabelsMoved.Where(key => next.Labels.TryGetValue(key, out string? value) && value == memory.State.Labels[key]))
        {
            next.Labels.Remove(key);
        }

        next.DifferentFrom = [.. (next.DifferentFrom ?? []).Except(memory.DifferentMoved)];
        next.DifferentFrom = next.DifferentFrom.Count == 0 ? null : next.DifferentFrom;
        next.Merged = [.. next.Merged!.Where(merged => merged != memory)];
        next.Merged = next.Merged.Count == 0 ? null : next.Merged;
    }

    // A face that moved and was removed since is gone.
    private static FaceState? WithVectors(FaceState face, PersonState keeper)
    {
        if (!face.IsBare)
        {
            return face;
        }

        FaceState? kept = keeper.Faces.Find(known => known.Id == face.Id);
        return kept is null ? null : face.WithVectors(kept.Vector, kept.OtherVector);
    }

    /// <summary>Takes a face out of what is remembered of others as well: removed means gone.</summary>
    private static void ForgetFace(PersonState next, string faceId)
    {
        next.Merged = next.Merged?.ConvertAll(merged => merged.With(merged.State.Copy()));
        foreach (MergedPerson merged in next.Merged ?? [])
        {
            merged.State.Faces.RemoveAll(face => face.Id == faceId);
            ForgetFace(merged.State, faceId);
        }
    }

    private async Task RequireSearchableAsync(CancellationToken cancellationToken)
    {
        if (!await MakeSearchableAsync(Entry(row.State), cancellationToken))
        {
            throw new FaceGridException(ErrorCodes.ShardsMissing, "The row is durable, but the person's shard could not be told yet. Try again.");
        }
    }
}
