using FaceGrid.Grains.Placement;

namespace FaceGrid.Silo;

/// <summary>
/// Makes the node ready before the world knows it: the gallery <c>default</c> exists, and every gallery's shards are loaded, so the
/// first search after a start is not the slow one. Deletions and growths that a crash interrupted go on from here too.
/// </summary>
internal sealed partial class Warmup(IGrainFactory grains, IHostApplicationLifetime lifetime, IConfiguration configuration, ILogger<Warmup> logger) : BackgroundService
{
    private const string DefaultGallery = "default";

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        string[] roles = configuration.GetSection("FaceGrid:Roles").Get<string[]>() ?? [];
        if (roles.Length > 0 && !roles.Contains(Roles.People))
        {
            return;
        }

        // Hosted services start before the silo is active; grains can be called after that.
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using CancellationTokenRegistration registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await WarmAsync(stoppingToken);
                return;
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                LogNotLoaded(logger, failure);
                await Task.Delay(TimeSpan.FromSeconds(1), stoppingToken);
            }
        }
    }

    private async Task WarmAsync(CancellationToken cancellationToken)
    {
        IGalleryGrain first = grains.GetGrain<IGalleryGrain>(IGalleryGrain.KeyOf(DefaultGallery));
        if (await first.GetAsync(cancellationToken) is null)
        {
            await first.PutAsync(new GallerySettings(null, null, null), cancellationToken);
        }

        foreach (GalleryInfo gallery in await grains.GetGrain<IGalleryReaderGrain>(0).ListGalleriesAsync(cancellationToken))
        {
            await grains.GetGrain<IGalleryGrain>(IGalleryGrain.KeyOf(gallery.Id)).GetAsync(cancellationToken);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "Galleries could not be loaded yet; trying again")]
    private static partial void LogNotLoaded(ILogger logger, Exception cause);
}
