using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Galleries;
using FaceGrid.Abstractions.Search;
using FaceGrid.Grains.Shards;
using FaceGrid.Grains.Storage;

namespace FaceGrid.Grains.People;

// From row to shard: told at once where possible, in the background otherwise.
public sealed partial class PersonGrain
{
    /// <summary>
    /// Tells the person's shard, and keeps trying after the answer when the shard could not be told in time, whatever the reason. Calls and the
    /// timer never overlap, so what is owed is always the newest state.
    /// </summary>
    /// <returns>True when every search that starts from now on sees the entry.</returns>
    /// <exception cref="FaceGridException"><see cref="ErrorCodes.GalleryNotFound"/>: the gallery went away; so did the row.</exception>
    private async Task<bool> MakeSearchableAsync(PersonEntry entry, CancellationToken cancellationToken)
    {
        long start = time.GetTimestamp();
        Exception? cause = null;
        for (int attempt = 0; Left(start) is var left && left > TimeSpan.Zero && !cancellationToken.IsCancellationRequested; attempt++)
        {
            try
            {
                if (await TryApplyAsync(entry, fresh: attempt > 0, left))
                {
                    Owe(null);
                    Measure(entry, start, later: false);
                    return true;
                }
            }
            catch (Exception failure) when (!IsGalleryGone(failure))
            {
                cause = failure;
            }

            await Task.Delay(Backoff.Pause(attempt, TimeSpan.FromMilliseconds(5), TimeSpan.FromMilliseconds(250)), time, CancellationToken.None);
        }

        LogNotSearchable(logger, _key.Gallery, cause);
        CatchUpLater(entry, start);
        return false;
    }

    private TimeSpan Left(long start) => options.Value.ApplyDeadline - time.GetElapsedTime(start);

    private static bool IsGalleryGone(Exception failure) => failure is FaceGridException { Code: ErrorCodes.GalleryNotFound };

    /// <summary>One attempt. False means "the map was old, ask again".</summary>
    private async Task<bool> TryApplyAsync(PersonEntry entry, bool fresh, TimeSpan within)
    {
        using var limit = new CancellationTokenSource(within, time);
        GalleryMap map;
        try
        {
            map = await maps.GetAsync(_key.Gallery, fresh, limit.Token).AsTask().WaitAsync(limit.Token);
            if (map.Epoch != entry.Epoch && !fresh)
            {
                map = await maps.GetAsync(_key.Gallery, fresh: true, limit.Token).AsTask().WaitAsync(limit.Token);
            }
        }
        catch (Exception gone) when (IsGalleryGone(gone))
        {
            await ForgetAsync(entry.Epoch);
            throw;
        }

        if (map.Epoch != entry.Epoch)
        {
            await ForgetAsync(entry.Epoch);
            throw new FaceGridException(ErrorCodes.GalleryNotFound, "The gallery was deleted while the person was written.");
        }

        if (!entry.Deleted && row.RecordExists && !row.State.HoldsOnly(map))
        {
            map = await maps.GetAsync(_key.Gallery, fresh: true, limit.Token).AsTask().WaitAsync(limit.Token);
            await ArrangeAsync(map);
            entry = Entry(row.State);
        }

        _told = map;
        entry = entry with { ContractRevision = map.ContractRevision };
        ShardKey shard = ShardKey.Of(_key.Gallery, map.Level, _key.Slot);
        ApplyReply reply = await grains.GetGrain<IShardGrain>(shard.ToString()).ApplyAsync(entry, limit.Token).WaitAsync(limit.Token);
        switch (reply.Status)
        {
            case ShardStatus.Ok:
                return true;
            case ShardStatus.Superseded when !entry.Deleted && row.RecordExists && row.State.Revision == entry.Revision:
                // The clock stood back since a deletion: take a revision above the one the shard remembers.
                row.State.Revision = reply.Revision + 1;
                await GuardAsync(row.WriteStateAsync);
                return await TryApplyAsync(Entry(row.State), fresh: false, within);
            case ShardStatus.Superseded when entry.Deleted:
                return await TryApplyAsync(entry with { Revision = reply.Revision + 1 }, fresh: false, within);
            case ShardStatus.Superseded:
                return true;
            default:
                return false;
        }
    }

    // The gallery went away under a write: the row must not outlive it.
    private async Task ForgetAsync(Guid epoch)
    {
        if (row.RecordExists && row.State.Epoch == epoch)
        {
            await ForgetAllCropsAsync();
            await GuardAsync(row.ClearStateAsync);
            await EraseFreePagesAsync(CancellationToken.None);
        }

        Owe(null);
        Leave();
    }

    /// <summary>Leaves memory, unless the shard is still to be told something.</summary>
    private void Leave()
    {
        if (_owed is null)
        {
            DeactivateOnIdle();
        }
    }

    private void CatchUpLater(PersonEntry entry, long since)
    {
        _owedSince = since;
        Owe(entry);
        _attempts = 0;
        _catchUp ??= this.RegisterGrainTimer(CatchUpAsync, new GrainTimerCreationOptions(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1)) { KeepAlive = true });
    }

    /// <summary>Remembers what the shard is still to be told, or that it is nothing any more.</summary>
    private void Owe(PersonEntry? entry)
    {
        int people = (entry is null ? 0 : 1) - (_owed is null ? 0 : 1);
        catchUps.Add(people);
        GridMetrics.AddUnsearchable(people);
        _owed = entry;
    }

    private void Measure(PersonEntry entry, long since, bool later)
    {
        if (!entry.Deleted)
        {
            GridMetrics.RecordSearchable(time.GetElapsedTime(since), later);
        }
    }

    private async Task CatchUpAsync(CancellationToken cancellationToken)
    {
        _attempts++;
        try
        {
            if (_owed is not null && !await TryApplyAsync(_owed, fresh: true, options.Value.ApplyDeadline))
            {
                return;
            }

            LogSearchableAtLast(logger, _key.Gallery, _attempts);
            if (_owed is not null)
            {
                Measure(_owed, _owedSince, later: true);
            }
        }
        catch (Exception failure) when (!IsGalleryGone(failure))
        {
            return;
        }
        catch (FaceGridException)
        {
            // The gallery is gone, and the row with it.
        }

        Owe(null);
        _catchUp?.Dispose();
        _catchUp = null;
    }

    private async Task EraseFreePagesAsync(CancellationToken cancellationToken)
    {
        try
        {
            await rows.EraseFreePagesAsync(cancellationToken);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            throw new FaceGridException(ErrorCodes.StorageUnavailable, "The row is gone, but the database files could not be cleaned yet. Try again.", failure);
        }
    }
}
