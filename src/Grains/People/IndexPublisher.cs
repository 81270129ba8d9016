using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Galleries;
using FaceGrid.Abstractions.People;
using FaceGrid.Abstractions.Search;
using FaceGrid.Grains.Shards;
using FaceGrid.Grains.Storage;
using Microsoft.Extensions.Logging;

namespace FaceGrid.Grains.People;

/// <summary>
/// Publishes a person's row to their shard: at once where possible, in the background otherwise. Calls and the background timer never
/// overlap, so a pending update is always the newest state. Belongs to the turns of one grain.
/// </summary>
/// <param name="key">The person.</param>
/// <param name="row">Their row.</param>
/// <param name="crops">Their cut-outs: erased with the row when the gallery is gone.</param>
/// <param name="tools">Finds the shard.</param>
/// <param name="logger">Log.</param>
/// <param name="everySecond">Starts a timer that calls every second, also keeps the grain in memory, and never overlaps a call.</param>
/// <param name="deactivate">Lets the grain leave memory.</param>
internal sealed class IndexPublisher(
    PersonKey key,
    PersonRow row,
    PersonCrops crops,
    PersonTools tools,
    ILogger logger,
    Func<Func<CancellationToken, Task>, IDisposable> everySecond,
    Action deactivate)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(5), LongestPause = TimeSpan.FromMilliseconds(250);

    private readonly PendingIndexUpdate _pending = new(tools.CatchUps);
    private GalleryMap? _published;
    private IDisposable? _timer;

    /// <summary>True while the shard must still learn something.</summary>
    public bool IsPending => _pending.Entry is not null;

    private TimeSpan Deadline => tools.Options.Value.ApplyDeadline;

    /// <summary>
    /// Publishes the row. Where the shard could not be told within the deadline, whatever the reason, this goes on after the answer.
    /// </summary>
    /// <param name="cancellationToken">A cancelled call leaves the update pending.</param>
    /// <returns>True when every search that starts from now on sees the row.</returns>
    /// <exception cref="FaceGridException">
    /// <see cref="ErrorCodes.GalleryNotFound"/>: the gallery went away, and the row with it.
    /// </exception>
    public Task<bool> PublishAsync(CancellationToken cancellationToken) => PublishAsync(row.Entry, cancellationToken);

    /// <summary>Publishes an entry: as <see cref="PublishAsync(CancellationToken)"/>, also for a row that is gone.</summary>
    /// <param name="entry">What the shard must learn.</param>
    /// <param name="cancellationToken">A cancelled call leaves the update pending.</param>
    public async Task<bool> PublishAsync(PersonEntry entry, CancellationToken cancellationToken)
    {
        long start = tools.Time.GetTimestamp();
        Exception? cause = null;
        for (int attempt = 0; Left(start) is var left && left > TimeSpan.Zero && !cancellationToken.IsCancellationRequested; attempt++)
        {
            try
            {
                if (await TryAsync(entry, fresh: attempt > 0, left))
                {
                    _pending.Clear();
                    Record(entry, start, later: false);
                    return true;
                }
            }
            catch (Exception failure) when (!IsGalleryGone(failure))
            {
                cause = failure;
            }

            await Task.Delay(Backoff.Pause(attempt, FirstPause, LongestPause), tools.Time, CancellationToken.None);
        }

        logger.NotSearchable(key.Gallery, cause);
        PublishLater(entry, start);
        return false;
    }

    /// <summary>Publishes an entry, and refuses where the shard could not be told in time.</summary>
    /// <param name="entry">What the shard must learn.</param>
    /// <param name="durable">What is done already, for the message.</param>
    /// <param name="cancellationToken">A cancelled call leaves the update pending.</param>
    /// <exception cref="FaceGridException"><see cref="ErrorCodes.ShardsMissing"/> or <see cref="ErrorCodes.GalleryNotFound"/>.</exception>
    public async Task RequireAsync(PersonEntry entry, string durable, CancellationToken cancellationToken)
    {
        if (!await PublishAsync(entry, cancellationToken))
        {
            throw new FaceGridException(ErrorCodes.ShardsMissing, $"{durable}, but the person's shard could not be told yet. Try again.");
        }
    }

    /// <summary>Refuses a write where too many other people of this silo are pending, before it touches the row.</summary>
    /// <exception cref="FaceGridException"><see cref="ErrorCodes.Busy"/>.</exception>
    public void RequireRoom()
    {
        if (!IsPending && tools.CatchUps.IsFull)
        {
            throw new FaceGridException(ErrorCodes.Busy, "Too many people wait for their shards, which do not answer; try again.");
        }
    }

    /// <summary>Publishes the row after a write that failed: what the row holds now may be new to the shard.</summary>
    public void PublishLater() => PublishLater(row.Entry, tools.Time.GetTimestamp());

    /// <summary>
    /// False when one of the faces is durable but has no vector under the contract that the shard searches: the gallery migrated to another
    /// model while the face was on its way.
    /// </summary>
    /// <param name="faces">Faces of a write.</param>
    public bool Covers(NewFace[] faces) => _published is not { } map || Array.TrueForAll(
        faces,
        face => row.State.Faces.Find(known => known.Id == face.Id) is not { } known
            || row.State.VectorOf(known, map.Contract?.Id) is not null);

    /// <summary>Ends when the grain leaves memory: a pending update is found by the shard when it loads, or by its self-check.</summary>
    public void Stop() => _pending.Clear();

    private static bool IsGalleryGone(Exception failure) => failure is FaceGridException { Code: ErrorCodes.GalleryNotFound };

    private TimeSpan Left(long start) => Deadline - tools.Time.GetElapsedTime(start);

    /// <summary>One attempt.</summary>
    /// <returns>False when the map was too old: ask again with a fresh one.</returns>
    private async Task<bool> TryAsync(PersonEntry entry, bool fresh, TimeSpan within)
    {
        using var limit = new CancellationTokenSource(within, tools.Time);
        GalleryMap map = await MapOfAsync(entry.Epoch, fresh, limit.Token);
        if (!entry.Deleted && row.IsStored && !row.State.HoldsOnly(map))
        {
            map = await MapAsync(fresh: true, limit.Token);
            await row.ArrangeAsync(map);
            entry = row.Entry;
        }

        _published = map;
        entry = entry with { ContractRevision = map.ContractRevision };
        ShardKey shard = ShardKey.Of(key.Gallery, map.Level, key.Slot);
        ApplyReply reply = await tools.Grains.GetGrain<IShardGrain>(shard.ToString()).ApplyAsync(entry, limit.Token).WaitAsync(limit.Token);
        return reply.Status switch
        {
            ShardStatus.Ok => true,
            ShardStatus.Superseded => await OvertakeAsync(entry, reply.Revision, within),
            _ => false,
        };
    }

    /// <summary>
    /// The shard knows a newer revision. That is right when a newer write has published it; otherwise the clock stood back.
    /// </summary>
    private async Task<bool> OvertakeAsync(PersonEntry entry, long known, TimeSpan within)
    {
        if (entry.Deleted)
        {
            return await TryAsync(entry with { Revision = known + 1 }, fresh: false, within);
        }

        if (row.IsStored && row.State.Revision == entry.Revision)
        {
            // The clock stood back since a deletion: take a revision above the one that the shard remembers.
            await row.RaiseRevisionAsync(known + 1);
            return await TryAsync(row.Entry, fresh: false, within);
        }

        return true;
    }

    /// <summary>The map of the gallery's life in which the person was written.</summary>
    /// <exception cref="FaceGridException"><see cref="ErrorCodes.GalleryNotFound"/>: that life is over, and the row is deleted.</exception>
    private async Task<GalleryMap> MapOfAsync(Guid epoch, bool fresh, CancellationToken limit)
    {
        GalleryMap map;
        try
        {
            map = await MapAsync(fresh, limit);
            if (map.Epoch != epoch && !fresh)
            {
                map = await MapAsync(fresh: true, limit);
            }
        }
        catch (Exception gone) when (IsGalleryGone(gone))
        {
            await ForgetAsync(epoch);
            throw;
        }

        if (map.Epoch != epoch)
        {
            await ForgetAsync(epoch);
            throw new FaceGridException(ErrorCodes.GalleryNotFound, "The gallery was deleted while the person was written.");
        }

        return map;
    }

    private Task<GalleryMap> MapAsync(bool fresh, CancellationToken limit) =>
        tools.Maps.GetAsync(key.Gallery, fresh, limit).AsTask().WaitAsync(limit);

    /// <summary>The gallery went away during a write: the row must not outlive it.</summary>
    private async Task ForgetAsync(Guid epoch)
    {
        if (row.IsStored && row.State.Epoch == epoch)
        {
            await crops.EraseAllAsync();
            await row.DeleteAsync();
            await row.EraseFreePagesAsync(CancellationToken.None);
        }

        _pending.Clear();
        deactivate();
    }

    private void PublishLater(PersonEntry entry, long since)
    {
        _pending.Set(entry, since);
        _timer ??= everySecond(CatchUpAsync);
    }

    private async Task CatchUpAsync(CancellationToken cancellationToken)
    {
        _pending.Try();
        try
        {
            if (_pending.Entry is not null && !await TryAsync(_pending.Entry, fresh: true, Deadline))
            {
                return;
            }

            logger.SearchableAtLast(key.Gallery, _pending.Attempts);
            if (_pending.Entry is not null)
            {
                Record(_pending.Entry, _pending.Since, later: true);
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

        _pending.Clear();
        _timer?.Dispose();
        _timer = null;
    }

    private void Record(PersonEntry entry, long since, bool later)
    {
        if (!entry.Deleted)
        {
            GridMetrics.RecordSearchable(tools.Time.GetElapsedTime(since), later);
        }
    }
}
