using FaceGrid.Abstractions.Cluster;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Search;
using FaceGrid.Grains.Shards;
using FaceGrid.Grains.Storage;

namespace FaceGrid.Grains.Galleries;

// Doubling the shards while searches and writes go on. The order below is what keeps every answer exact:
// 1. the row says which level is being filled (a crash from here on resumes);
// 2. every old shard forwards what it applies to the new one (so nothing written from here on is missed);
// 3. the new shards load from the rows (which hold everything written before);
// 4. maps are withheld, old shards refuse, the row says the new level, maps are given out again. Callers with an old map are refused and ask again.
public sealed partial class GalleryGrain
{
    private const int LoadsAtOnce = 4;

    /// <inheritdoc/>
    public Task GrowAsync(int fromLevel)
    {
        if (_map is not null && fromLevel == row.State.Level && !_wantsToGrow)
        {
            _wantsToGrow = true;
            _growth ??= this.RegisterGrainTimer(GrowOnTurnAsync, new GrainTimerCreationOptions(TimeSpan.Zero, TimeSpan.FromSeconds(1)) { KeepAlive = true });
        }

        return Task.CompletedTask;
    }

    // Not interleaved: changes of settings wait, maps and counts do not.
    private async Task GrowOnTurnAsync(CancellationToken cancellationToken)
    {
        try
        {
            // A gallery that was deleted meanwhile wants nothing, and neither does another that gets its name.
            while (_map is not null && await GrowOneLevelAsync())
            {
            }

            _wantsToGrow = false;
            _growth?.Dispose();
            _growth = null;
        }
        catch (Exception failure)
        {
            GridMetrics.GrowthFailures.Add(1);
            LogGrowthFailed(logger, _gallery, failure);
        }
    }

    /// <summary>Grows by one level.</summary>
    /// <returns>True when a new shard is too large already.</returns>
    private async Task<bool> GrowOneLevelAsync()
    {
        long start = time.GetTimestamp();
        int level = row.State.Level;
        int next = row.State.NextLevel ?? level + 1;
        if (row.State.NextLevel is null)
        {
            GalleryState filling = row.State.Copy();
            filling.NextLevel = next;
            await SaveAsync(filling);
        }

        await Task.WhenAll(ShardsOf(level).Select(shard => shard.ForwardAsync(next)));
        bool full = false;
        foreach (IShardGrain[] few in ShardsOf(next).Chunk(LoadsAtOnce))
        {
            foreach (ShardInfo? loaded in await Task.WhenAll(few.Select(shard => shard.DescribeAsync())))
            {
                // A new shard that says "not wanted" is a leftover of an attempt that failed; it leaves within seconds.
                full |= loaded is null ? throw new FaceGridException(ErrorCodes.ShardsMissing, "A new shard does not serve yet.") : options.Value.IsFull(loaded.People, loaded.Templates);
            }
        }

        await SwitchAsync(level, next);
        TimeSpan took = time.GetElapsedTime(start);
        GridMetrics.Growth.Record(took.TotalSeconds);
        LogGrown(logger, _gallery, level, next, took.TotalMilliseconds);
        return full && next < ShardKey.LevelMax;
    }

    private async Task SwitchAsync(int level, int next)
    {
        _switching = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _switchingTo = _map! with { Level = next, NextLevel = null };
        try
        {
            await Task.WhenAll(ShardsOf(level).Select(shard => shard.RetireAsync()));
            GalleryState grown = row.State.Copy();
            grown.Level = next;
            grown.NextLevel = null;
            await SaveAsync(grown);
        }
        finally
        {
            TaskCompletionSource switching = _switching;
            _switching = null;
            _switchingTo = null;
            switching.SetResult();
        }
    }
}
