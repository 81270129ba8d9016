using FaceGrid.Grains.Search;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace FaceGrid.Grains.Placement;

/// <summary>
/// Moves the shards of this silo to where they belong, soon after silos come or go, and every now and then because news of what a silo can host may lag behind. Shards that belong here and are not
/// anywhere, because their silo died, are loaded before somebody asks.
/// </summary>
internal sealed partial class ShardBalancer(
    ShardPlaces places,
    LocalShards shards,
    ILocalSiloDetails silo,
    IClusterMembershipService membership,
    IGrainFactory grains,
    TimeProvider time,
    ILogger<ShardBalancer> logger) : BackgroundService
{
    /// <summary>Time between two looks.</summary>
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(10);

    /// <summary>How long silos are left alone after a change: several often come or go together.</summary>
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        MembershipVersion seen = MembershipVersion.MinValue;
        while (!stoppingToken.IsCancellationRequested)
        {
            long start = time.GetTimestamp();
            while (membership.CurrentSnapshot.Version == seen && time.GetElapsedTime(start) < Period)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), time, stoppingToken);
            }

            bool changed = membership.CurrentSnapshot.Version != seen;
            seen = membership.CurrentSnapshot.Version;
            if (changed)
            {
                await Task.Delay(Settle, time, stoppingToken);
            }

            try
            {
                await BalanceAsync(changed, stoppingToken);
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                LogFailed(logger, failure);
            }
        }
    }

    private async Task BalanceAsync(bool changed, CancellationToken cancellationToken)
    {
        SiloAddress[] silos = places.Silos;
        if (!silos.Contains(silo.SiloAddress))
        {
            return; // Not active yet, or not any more.
        }

        foreach (ShardKey shard in shards.Keys.Where(shard => !Belongs(shard)))
        {
            await Shard(shard).MoveAsync();
        }

        if (!changed)
        {
            return;
        }

        GalleryInfo[] galleries = await grains.GetGrain<IGalleryReaderGrain>(0).ListGalleriesAsync(cancellationToken);
        IEnumerable<ShardKey> wanted =
            from gallery in galleries
            from index in Enumerable.Range(0, 1 << gallery.Level)
            let shard = new ShardKey(gallery.Id, gallery.Level, index)
            where !shards.Contains(shard) && Belongs(shard)
            select shard;
        await Parallel.ForEachAsync(wanted, new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = cancellationToken }, async (shard, _) => await Shard(shard).DescribeAsync());

        bool Belongs(ShardKey shard) => places.PlacesOf(shard.Gallery, shard.Level, silos)[shard.Index].Equals(silo.SiloAddress);
    }

    private IShardGrain Shard(ShardKey shard) => grains.GetGrain<IShardGrain>(shard.ToString());

    [LoggerMessage(1, LogLevel.Warning, "Shards could not be moved to where they belong; trying again")]
    private static partial void LogFailed(ILogger logger, Exception cause);
}
