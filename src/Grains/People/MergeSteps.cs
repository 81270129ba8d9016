using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Galleries;
using FaceGrid.Grains.Storage;
using Microsoft.Extensions.Logging;

namespace FaceGrid.Grains.People;

/// <summary>
/// One person's part in merging two people and in undoing it; <see cref="CurationGrain"/> calls the steps. There are two rows and no
/// transaction: every step writes one row, is durable before the next begins, and may be repeated.
/// <para>
/// Merge: (1) the row of the person who goes says so and takes no more changes; (2) the person who stays takes everything over; (3) the
/// first row is deleted. A crash leaves faces in both rows, never in none.
/// </para>
/// <para>
/// Undo: (1) the row of the person who went is made again; (2) the person who stayed gives everything back. A token made in step 1 of the
/// merge tells it from other merges of people with the same ids.
/// </para>
/// </summary>
/// <param name="person">The person.</param>
/// <param name="intake">Knows how many faces a person may have.</param>
/// <param name="logger">Log.</param>
internal sealed class MergeSteps(EnrolledPerson person, FaceIntake intake, ILogger logger)
{
    private readonly PersonRow _row = person.Row;

    /// <inheritdoc cref="IPersonPeerGrain.BeginMergeAsync"/>
    public async Task<PersonState?> BeginAsync(string into, CancellationToken cancellationToken)
    {
        GalleryMap map = await person.Gallery.MapAsync(cancellationToken);
        if (!_row.IsOf(map))
        {
            person.Leave();
            return null;
        }

        if (_row.State.MergingInto != into)
        {
            _row.RequireNoMerge();
            if (_row.State.DifferentFrom?.Contains(into) == true)
            {
                throw new FaceGridException(ErrorCodes.MergeConflict, "The two are declared different people; take that back first.");
            }

            PersonState next = _row.CopyFor(map);
            next.MergingInto = into;
            next.MergeToken = Guid.NewGuid();
            await _row.SaveAsync(next);
        }

        return _row.State;
    }

    /// <inheritdoc cref="IPersonPeerGrain.AbsorbAsync"/>
    public async Task AbsorbAsync(string from, PersonState other, CancellationToken cancellationToken)
    {
        GalleryMap map = await person.RequireAsync(cancellationToken);
        _row.RequireNoMerge();
        if (PersonMerge.Find(_row.State, other.MergeToken) is null)
        {
            // A call that was given up may arrive after the merge was undone. Then the other is a person of their own again.
            if (await Peer(from).IsMergingAsync(other.MergeToken) != true)
            {
                throw new FaceGridException(ErrorCodes.MergeConflict, "That merge has been taken back.");
            }

            PersonState next = _row.CopyFor(map);
            // The other was split off again but this row still holds their faces (a crash between two writes). Finish that step first,
            // or their faces would count as this person's own.
            if (PersonMerge.Unfinished(next, from, other) is { } unfinished)
            {
                PersonMerge.GiveBack(next, unfinished);
            }

            PersonMerge.TakeOver(next, person.Key.Person, from, other.ArrangedFor(map), person.Tools.Time.GetUtcNow());
            intake.CheckCount(next);
            await _row.SaveRevisedAsync(next);
        }

        await person.Crops.CopyAsync(from, other, cancellationToken);
        await RequireSearchableAsync(cancellationToken);
    }

    /// <inheritdoc cref="IPersonPeerGrain.IsMergingAsync"/>
    public bool? IsMerging(Guid token) => _row.IsStored ? _row.State.MergingInto is not null && _row.State.MergeToken == token : null;

    /// <inheritdoc cref="IPersonPeerGrain.RemembersAsync"/>
    public bool Remembers(Guid token) => _row.IsStored && PersonMerge.Find(_row.State, token) is not null;

    /// <inheritdoc cref="IPersonPeerGrain.CompleteMergeAsync"/>
    public async Task CompleteAsync(Guid token, CancellationToken cancellationToken)
    {
        GalleryMap map = await person.Gallery.MapAsync(cancellationToken);
        if (!_row.IsOf(map) || IsMerging(token) == true)
        {
            await person.Erasure.EraseAsync(map, sightingsToo: false, cancellationToken);
            person.Leave();
            logger.Merged(person.Key.Gallery);
        }
    }

    /// <inheritdoc cref="IPersonPeerGrain.SettleMergeAsync"/>
    public async Task SettleAsync(Guid token, CancellationToken cancellationToken)
    {
        GalleryMap map = await person.Gallery.MapAsync(cancellationToken);
        if (_row.IsOf(map) && _row.State.Merged?.Exists(merged => merged.State.MergeToken == token && merged.SeenUpTo is null) == true)
        {
            long last = (await person.Tools.Sightings.ReadEventsAsync(long.MaxValue, 1, cancellationToken)).Last;
            PersonState next = _row.CopyFor(map);
            PersonMerge.Settle(next, token, last);
            await _row.SaveAsync(next);
        }
    }

    /// <inheritdoc cref="IPersonPeerGrain.CancelMergeAsync"/>
    public async Task CancelAsync(Guid token, CancellationToken cancellationToken)
    {
        GalleryMap map = await person.Gallery.MapAsync(cancellationToken);
        if (_row.IsOf(map) && IsMerging(token) == true)
        {
            PersonState next = _row.CopyFor(map);
            (next.UnmergedFrom, next.MergingInto) = (next.MergingInto, null);
            await _row.SaveAsync(next);
        }
    }

    /// <inheritdoc cref="IPersonPeerGrain.EndMergeAsync"/>
    public async Task<bool> EndAsync(string from, CancellationToken cancellationToken)
    {
        await person.RequireAsync(cancellationToken);
        if (_row.State.MergingInto == from)
        {
            await CancelAsync(_row.State.MergeToken, cancellationToken);
        }

        return _row.State.MergingInto is null && _row.State.UnmergedFrom == from;
    }

    /// <inheritdoc cref="IPersonPeerGrain.FindMergedAsync"/>
    public async Task<PersonState?> RecallAsync(string from, CancellationToken cancellationToken) =>
        PersonMerge.Recall(_row.State.ArrangedFor(await person.RequireAsync(cancellationToken)), from);

    /// <inheritdoc cref="IPersonPeerGrain.RestoreAsync"/>
    public async Task RestoreAsync(string from, PersonState state, CancellationToken cancellationToken)
    {
        GalleryMap map = await person.Gallery.MapAsync(cancellationToken);
        bool exists = _row.IsOf(map);
        if (exists && _row.State.MergeToken != state.MergeToken)
        {
            throw new FaceGridException(
                ErrorCodes.MergeConflict, "Somebody else has been enrolled under that id since; delete or merge them first.");
        }

        // A late call must make no person: it may arrive after the merge was undone and the person deleted.
        if (!exists && !await Peer(from).RemembersAsync(state.MergeToken))
        {
            throw new FaceGridException(ErrorCodes.MergeConflict, "That merge has been undone since, and who came of it is gone.");
        }

        if (!exists || _row.State.MergingInto is not null)
        {
            PersonState next = exists ? _row.CopyFor(map) : state.ArrangedFor(map).Copy();
            (next.Epoch, next.MergingInto, next.UnmergedFrom) = (map.Epoch, null, from);
            await _row.SaveRevisedAsync(next);
        }

        await person.Crops.CopyAsync(from, state, cancellationToken);
        await RequireSearchableAsync(cancellationToken);
    }

    /// <inheritdoc cref="IPersonPeerGrain.GiveBackAsync"/>
    public async Task GiveBackAsync(string from, Guid token, CancellationToken cancellationToken)
    {
        GalleryMap map = await person.RequireAsync(cancellationToken);
        if (PersonMerge.Find(_row.State, token, from) is { } memory)
        {
            _row.RequireNoMerge();
            PersonState next = _row.CopyFor(map);
            PersonMerge.GiveBack(next, memory);
            await person.Crops.EraseAsync(_row.State.Faces.Where(face => !next.Faces.Exists(kept => kept.Id == face.Id)));
            await _row.SaveRevisedAsync(next);
            logger.Unmerged(person.Key.Gallery);
        }

        await RequireSearchableAsync(cancellationToken);
    }

    private IPersonPeerGrain Peer(string other) => person.Tools.Grains.Peer(person.Key.Gallery, other);

    private Task RequireSearchableAsync(CancellationToken cancellationToken) =>
        person.Publisher.RequireAsync(_row.Entry, "The row is durable", cancellationToken);
}
