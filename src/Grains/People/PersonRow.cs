using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Galleries;
using FaceGrid.Abstractions.People;
using FaceGrid.Grains.Shards;
using FaceGrid.Grains.Storage;
using FaceGrid.Storage;

namespace FaceGrid.Grains.People;

/// <summary>
/// A person's row and its version. After a failed write it is not known what the row holds, so it is read again before the failure is
/// passed on. Belongs to the turns of one grain.
/// </summary>
/// <param name="key">The person.</param>
/// <param name="row">The row as grain storage keeps it.</param>
/// <param name="rows">Deletes a row that cannot be read, and erases free pages.</param>
/// <param name="time">Clock.</param>
internal sealed class PersonRow(PersonKey key, IPersistentState<PersonState> row, IGrainRows rows, TimeProvider time)
{
    private long _absence = NewAbsence();

    /// <summary>Called when a write failed and the row was read again.</summary>
    public Action? ReadAgain { get; set; }

    /// <summary>Called when a write failed and the row could not be read either.</summary>
    public Action<Exception>? Lost { get; set; }

    /// <summary>The row's content. Never changed in place; see <see cref="CopyFor"/>.</summary>
    public PersonState State => row.State;

    /// <summary>True when there is a row, of whatever life of the gallery.</summary>
    public bool IsStored => row.RecordExists;

    /// <summary>
    /// Names the row's present content, or its absence: then it is a number below 0 that no other activation draws. Each absence gets its
    /// own number. A late call that saw an earlier absence must not match this one.
    /// </summary>
    public long Version => row.RecordExists ? row.State.Revision : _absence;

    /// <summary>The row as its shard needs it.</summary>
    public PersonEntry Entry => PersonRowReader.Entry(key.Person, row.State);

    /// <summary>True when the person is enrolled. A row of an earlier life of the gallery counts as no row.</summary>
    /// <param name="map">The gallery.</param>
    public bool IsOf(GalleryMap map) => row.RecordExists && row.State.Epoch == map.Epoch;

    /// <summary>A copy of the row to change, arranged for the gallery's contracts; of a person who is not enrolled, an empty one.</summary>
    /// <param name="map">The gallery.</param>
    public PersonState CopyFor(GalleryMap map)
    {
        PersonState next = IsOf(map) ? row.State.ArrangedFor(map).Copy() : new PersonState { Revision = row.State.Revision };
        next.Epoch = map.Epoch;
        return next;
    }

    /// <summary>The row as callers see it.</summary>
    /// <param name="vectors">True to include templates.</param>
    /// <param name="map">The gallery whose contracts to show, or null for the row as it is.</param>
    public PersonInfo Info(bool vectors, GalleryMap? map = null) =>
        PersonRowReader.Info(key.Person, map is null ? row.State : row.State.ArrangedFor(map), vectors);

    /// <summary>Refuses a caller who knows an older row.</summary>
    /// <param name="known">The version that the caller knows, or null for any.</param>
    /// <exception cref="OutdatedRowVersionException">The row has changed since.</exception>
    public void CheckVersion(long? known)
    {
        if (known is { } version && version != Version)
        {
            throw new OutdatedRowVersionException();
        }
    }

    /// <summary>Refuses a change while the person is being merged into another.</summary>
    /// <exception cref="FaceGridException"><see cref="ErrorCodes.MergeConflict"/>.</exception>
    public void RequireNoMerge()
    {
        if (row.State.MergingInto is not null)
        {
            throw new FaceGridException(
                ErrorCodes.MergeConflict, "The person is being merged into another; repeat that merge, or undo it, first.");
        }
    }

    /// <summary>
    /// A revision above that of the row and, as far as the clock runs forward, above every earlier one: microseconds since 1970.
    /// </summary>
    public long NextRevision() => Math.Max(row.State.Revision + 1, (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / 10);

    /// <summary>Reads the row again.</summary>
    public Task ReadAsync(CancellationToken cancellationToken) => row.ReadStateAsync(cancellationToken);

    /// <summary>Writes a state that shards know already: the revision stays.</summary>
    /// <param name="next">The new content.</param>
    public Task SaveAsync(PersonState next)
    {
        row.State = next;
        return GuardAsync(row.WriteStateAsync);
    }

    /// <summary>Writes a state that shards must learn, under a new revision.</summary>
    /// <param name="next">The new content.</param>
    public Task SaveRevisedAsync(PersonState next)
    {
        next.Revision = NextRevision();
        return SaveAsync(next);
    }

    /// <summary>Writes the same content under a given revision.</summary>
    /// <param name="revision">Higher than the row's.</param>
    public Task RaiseRevisionAsync(long revision)
    {
        row.State.Revision = revision;
        return GuardAsync(row.WriteStateAsync);
    }

    /// <summary>
    /// Erases vectors that the gallery no longer holds. The revision stays: what shards know of the person does not change.
    /// </summary>
    /// <param name="map">The gallery.</param>
    public Task ArrangeAsync(GalleryMap map) => row.State.HoldsOnly(map) ? Task.CompletedTask : SaveAsync(CopyFor(map));

    /// <summary>Deletes the row.</summary>
    public Task DeleteAsync() => GuardAsync(row.ClearStateAsync);

    /// <summary>Deletes a row that cannot be read. Grain storage does not know its version, so it is deleted as a range.</summary>
    public async Task DeleteDamagedAsync(CancellationToken cancellationToken)
    {
        string id = key.ToString();
        await GuardAsync(token => rows.DeleteRangeAsync(StateNames.Person, id, RowsByPrefix.JustAfter(id), token));
        await row.ReadStateAsync(cancellationToken);
    }

    /// <summary>Overwrites what deleted rows left in the database files.</summary>
    /// <exception cref="FaceGridException"><see cref="ErrorCodes.StorageUnavailable"/>.</exception>
    public async Task EraseFreePagesAsync(CancellationToken cancellationToken)
    {
        try
        {
            await rows.EraseFreePagesAsync(cancellationToken);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            throw new FaceGridException(
                ErrorCodes.StorageUnavailable, "The row is gone, but the database files could not be cleaned yet. Try again.", failure);
        }
    }

    private static long NewAbsence() => Random.Shared.NextInt64(long.MinValue, 0);

    private async Task GuardAsync(Func<CancellationToken, Task> write)
    {
        _absence = NewAbsence();
        try
        {
            await write(CancellationToken.None);
        }
        catch
        {
            await ReadAfterFailureAsync();
            throw;
        }
    }

    private async Task ReadAfterFailureAsync()
    {
        try
        {
            await row.ReadStateAsync(CancellationToken.None);
            ReadAgain?.Invoke();
        }
        catch (Exception failure)
        {
            Lost?.Invoke(failure);
        }
    }
}
