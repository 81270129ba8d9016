using FaceGrid.Grains.Cluster;
using FaceGrid.Grains.Search;

namespace FaceGrid.Grains.People;

// From row to shard: told at once where possible, in the background otherwise.
public sealed partial class PersonGrain
{
    /// <summary>Tells the person's shard, and keeps trying after the answer when the shard is not reachable in time.</summary>
    /// <returns>True when every search that starts from now on sees the entry.</returns>
    private async Task<bool> MakeSearchableAsync(PersonEntry entry, CancellationToken cancellationToken)
    {
        long start = time.GetTimestamp();
        Exception? cause = null;
        for (int attempt = 0; time.GetElapsedTime(start) < options.Value.ApplyDeadline && !cancellationToken.IsCancellationRequested; attempt++)
        {
            try
            {
                if (await TryApplyAsync(entry, fresh: attempt > 0) is { } applied)
                {
                    _owed = applied ? null : _owed;
                    return applied;
                }
            }
            catch (Exception failure) when (TransientFailures.Includes(failure, cancellationToken))
            {
                cause = failure;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(Math.Min(5 << Math.Min(attempt, 6), 250)), time, CancellationToken.None);
        }

        LogNotSearchable(logger, _key.Gallery, cause);
        CatchUpLater(entry);
        return false;
    }

    /// <summary>One attempt. Null means "the map was old, ask again".</summary>
    private async Task<bool?> TryApplyAsync(PersonEntry entry, bool fresh)
    {
        GalleryMap map;
        try
        {
            map = await maps.GetAsync(_key.Gallery, fresh, CancellationToken.None);
        }
        catch (FaceGridException gone) when (gone.Code == ErrorCodes.GalleryNotFound)
        {
            await ForgetAsync();
            throw;
        }

        if (map.Epoch != entry.Epoch)
        {
            await ForgetAsync();
            throw new FaceGridException(ErrorCodes.GalleryNotFound, "The gallery was deleted while the person was written.");
        }

        ShardKey shard = ShardKey.Of(_key.Gallery, map.Level, _key.Slot);
        ApplyReply reply = await grains.GetGrain<IShardGrain>(shard.ToString()).ApplyAsync(entry);
        switch (reply.Status)
        {
            case ShardStatus.Ok:
                return true;
            case ShardStatus.Superseded when !entry.Deleted && row.RecordExists && row.State.Revision == entry.Revision:
                // The clock stood back since a deletion: take a revision above the one the shard remembers.
                row.State.Revision = reply.Revision + 1;
                await GuardAsync(row.WriteStateAsync);
                return await TryApplyAsync(Entry(row.State), fresh: false);
            case ShardStatus.Superseded when entry.Deleted:
                return await TryApplyAsync(entry with { Revision = reply.Revision + 1 }, fresh: false);
            case ShardStatus.Superseded:
                return true;
            default:
                return null;
        }
    }

    // The gallery went away under a write: the row must not outlive it.
    private async Task ForgetAsync()
    {
        if (row.RecordExists)
        {
            await GuardAsync(row.ClearStateAsync);
        }

        DeactivateOnIdle();
    }

    private void CatchUpLater(PersonEntry entry)
    {
        _owed = entry;
        _attempts = 0;
        _catchUp ??= this.RegisterGrainTimer(CatchUpAsync, new GrainTimerCreationOptions(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1)) { KeepAlive = true });
    }

    private async Task CatchUpAsync(CancellationToken cancellationToken)
    {
        _attempts++;
        try
        {
            if (_owed is not null && await TryApplyAsync(_owed, fresh: true) is not true)
            {
                return;
            }
        }
        catch (Exception failure) when (TransientFailures.Includes(failure, cancellationToken))
        {
            return;
        }

        LogSearchableAtLast(logger, _key.Gallery, _attempts);
        _owed = null;
        _catchUp?.Dispose();
        _catchUp = null;
    }

    private async Task EraseResidueAsync(CancellationToken cancellationToken)
    {
        try
        {
            await rows.EraseResidueAsync(cancellationToken);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            throw new FaceGridException(ErrorCodes.StorageUnavailable, "The row is gone, but the database files could not be cleaned yet. Try again.", failure);
        }
    }
}
