using FaceGrid.Abstractions.Cluster;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Galleries;
using FaceGrid.Vision;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace FaceGrid.Silo;

/// <summary>
/// Prepares the node before it reports itself ready. It makes the gallery <c>default</c> and loads the shards of every gallery, so the
/// first search after a start is not slow. Loading also resumes deletions and growths that a crash interrupted. A node that reads pictures
/// also logs which galleries hold vectors of another model.
/// </summary>
internal sealed partial class Warmup(
    IGrainFactory grains,
    IHostApplicationLifetime lifetime,
    IConfiguration configuration,
    ILogger<Warmup> logger,
    FacePipeline? pipeline = null)
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
        bool people = roles.Length == 0 || roles.Contains(Roles.People);
        _done = !people;
        if (!people && pipeline is null)
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
                await WarmAsync(people, stoppingToken);
                _done = true;
                return;
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                // This includes a cancellation that nobody asked for: a call ends that way when the node that runs it dies.
                LogNotLoaded(logger, failure);
                await Task.Delay(TimeSpan.FromSeconds(1), stoppingToken);
            }
        }
    }

    private async Task WarmAsync(bool people, CancellationToken cancellationToken)
    {
        if (people)
        {
            await LoadAsync(cancellationToken);
        }

        if (pipeline is not null)
        {
            GalleryInfo[] galleries = await grains.GetGrain<IGalleryReaderGrain>(0).ListGalleriesAsync(cancellationToken);
            IEnumerable<GalleryInfo> ofOtherModels = galleries.Where(
                gallery => gallery.Contract?.Profile() is not null
                    && pipeline.Embedders.All(embedder => embedder.ContractId != gallery.Contract.Id));
            foreach (IGrouping<Contract, GalleryInfo> others in ofOtherModels.GroupBy(gallery => gallery.Contract!))
            {
                LogOtherModel(logger, others.Count(), others.First().Id, others.Key.Refusal(pipeline.ContractId));
            }
        }
    }

    private async Task LoadAsync(CancellationToken cancellationToken)
    {
        IGalleryGrain first = grains.GetGrain<IGalleryGrain>(IGalleryGrain.KeyOf(DefaultGallery));
        try
        {
            if (await first.GetAsync(cancellationToken) is null)
            {
                await first.PutAsync(new GallerySettings(null, null, null), cancellationToken);
            }
        }
        catch (FaceGridException damaged) when (damaged.Code == ErrorCodes.RowDamaged)
        {
            // The reader grain reports the damaged row. The other galleries are loaded without it.
        }

        GalleryInfo[] galleries = await grains.GetGrain<IGalleryReaderGrain>(0).ListGalleriesAsync(cancellationToken);
        foreach (GalleryInfo gallery in galleries.Where(gallery => !gallery.IsDamaged))
        {
            await grains.GetGrain<IGalleryGrain>(IGalleryGrain.KeyOf(gallery.Id)).GetAsync(cancellationToken);
        }
    }

    [LoggerMessage(2, LogLevel.Warning, "Pictures are refused by {Count} galleries, one of them '{Gallery}': {Reason}")]
    private static partial void LogOtherModel(ILogger logger, int count, string gallery, string reason);

    [LoggerMessage(1, LogLevel.Warning, "Galleries could not be loaded yet; trying again")]
    private static partial void LogNotLoaded(ILogger logger, Exception cause);
}
