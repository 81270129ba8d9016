using FaceGrid.Grains.Placement;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace FaceGrid.Silo;

/// <summary>
/// Makes the node ready before the world knows it: the gallery <c>default</c> exists, and every gallery's shards are loaded, so the
/// first search after a start is not the slow one. Deletions and growths that a crash interrupted go on from here too.
/// </summary>
internal sealed partial class Warmup(IGrainFactory grains, IHostApplicationLifetime lifetime, IConfiguration configuration, ILogger<Warmup> logger)
    : BackgroundService, IHealthCheck
{
    private const string DefaultGallery = "default";

    private volatile bool _done;

    /// <summary>For <c>/health/ready</c>: healthy once every gallery has been loaded.</summary>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(_done ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("Galleries are being loaded."));

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        string[] roles = configuration.GetSection("FaceGrid:Roles").Get<string[]>() ?? [];
        if (roles.Length > 0 && !roles.Contains(Roles.People))
        {
            _done = true;
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
                _done = true;
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
