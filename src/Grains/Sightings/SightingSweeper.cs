using FaceGrid.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FaceGrid.Grains.Sightings;

/// <summary>Erases what is older than <see cref="SightingOptions.RetentionDays"/>, in small batches. Each silo does so at its own time; what one has erased the next does not find.</summary>
internal sealed partial class SightingSweeper(ISightingRows rows, IGrainRows files, IOptions<SightingOptions> options, TimeProvider time, ILogger<SightingSweeper> logger) : BackgroundService
{
    /// <summary>Time between two sweeps, half of it at first and more or less by chance, so that silos do not sweep together.</summary>
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(10);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Value.RetentionDays == 0)
        {
            return;
        }

        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(Period * (0.5 + Random.Shared.NextDouble()), time, stoppingToken);
            try
            {
                await SweepAsync(stoppingToken);
            }
            catch (Exception failure) when (failure is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                LogFailed(logger, failure);
            }
        }
    }

    /// <summary>Sweeps once.</summary>
    /// <returns>How many visits and events were erased.</returns>
    internal async Task<long> SweepAsync(CancellationToken cancellationToken)
    {
        long erased = await rows.SweepAsync(SightingForm.Microseconds(time.GetUtcNow().AddDays(-options.Value.RetentionDays)), cancellationToken);
        if (erased > 0)
        {
            await files.EraseResidueAsync(cancellationToken);
            LogSwept(logger, erased);
        }

        return erased;
    }

    [LoggerMessage(1, LogLevel.Information, "Erased {Count} sightings and events that were older than they are kept")]
    private static partial void LogSwept(ILogger logger, long count);

    [LoggerMessage(2, LogLevel.Warning, "Old sightings could not be erased; trying again later")]
    private static partial void LogFailed(ILogger logger, Exception cause);
}
