using FaceGrid.Abstractions.Cluster;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Search;
using FaceGrid.Grains.Shards;
using FaceGrid.Grains.Storage;
using Microsoft.Extensions.Logging;

namespace FaceGrid.Grains.Galleries;

// Doubling the shards while searches and writes go on. The order below is what keeps every answer exact:
// 1. the row says which level is being filled (a crash from here on resumes);
// 2. every old shard forwards what it applies to the new one (so nothing written from here on is missed);
// 3. the new shards load from the rows (which hold everything written before);
// 4. maps are withheld, old shards refuse, the row says the new level, maps are given out again. Callers with an old map are refused and
//    ask again.

/// <summary>Grows a gallery to the next level.</summary>
/// <param name="gallery">Gallery id.</param>
/// <param name="row">The gallery's row.</param>
/// <param name="shards">Its shards.</param>
/// <param name="options">When a shard is full.</param>
/// <param name="time">Clock.</param>
/// <param name="logger">Log.</param>
internal sealed class GalleryGrowth(
    string gallery, GalleryRow row, GalleryShards shards, GridOptions options, TimeProvider time, ILogger logger)
{
    private const int LoadsAtOnce = 4;

    /// <summary>Grows by one level, or finishes a growth that broke off.</summary>
    /// <returns>True when a new shard is too large already.</returns>
    public async Task<bool> GrowAsync()
    {
        long start = time.GetTimestamp();
        int level = row.State.Level;
        int next = row.State.NextLevel ?? level + 1;
        if (row.State.NextLevel is null)
        {
            GalleryState filling = row.State.Copy();
            filling.NextLevel = next;
            await row.SaveAsync(filling);
        }

        await Task.WhenAll(shards.At(level).Select(shard => shard.ForwardAsync(next)));
        bool full = await LoadAsync(next);
        await SwitchAsync(level, next);
        TimeSpan took = time.GetElapsedTime(start);
        GridMetrics.Growth.Record(took.TotalSeconds);
        GalleryLog.Grown(logger, gallery, level, next, took.TotalMilliseconds);
        return full && next < ShardKey.LevelMax;
    }

    private async Task<bool> LoadAsync(int level)
    {
        bool full = false;
        foreach (IShardGrain[] few in shards.At(level).Chunk(LoadsAtOnce))
        {
            foreach (ShardInfo? loaded in await Task.WhenAll(few.Select(shard => shard.DescribeAsync())))
            {
                // A new shard that says "not wanted" is a leftover of an attempt that failed; it leaves within seconds.
                full |= loaded is null
                    ? throw new FaceGridException(ErrorCodes.ShardsMissing, "A new shard does not serve yet.")
                    : options.IsFull(loaded.People, loaded.Templates);
            }
        }

        return full;
    }

    private Task SwitchAsync(int level, int next) => row.WithholdMapAsync(row.Map! with { Level = next, NextLevel = null }, async () =>
    {
        await Task.WhenAll(shards.At(level).Select(shard => shard.RetireAsync()));
        GalleryState grown = row.State.Copy();
        grown.Level = next;
        grown.NextLevel = null;
        await row.SaveAsync(grown);
    });
}
