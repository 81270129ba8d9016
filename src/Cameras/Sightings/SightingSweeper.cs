using FaceGrid.Storage;
using FaceGrid.Storage.Sightings;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FaceGrid.Cameras.Sightings;

/// <summary>
/// Erases sightings that are older than <see cref="SightingOptions.RetentionDays"/>, in small batches. Each silo does so at its own time.
/// Age is measured by a time that the database keeps. It follows the clock that sightings are recorded by, but at most <see cref="Haste"/>
/// times as fast as time passes on a silo. So a clock that jumps a year ahead erases a few hours' worth of the oldest sightings in an hour,
/// not a year's at once, and the log says so from the first look on. A grid that stood still catches up by itself.
/// </summary>
internal sealed partial class SightingSweeper(
    ISightingRows rows, IGrainRows files, IOptions<SightingOptions> options, TimeProvider time, ILogger<SightingSweeper> logger)
    : BackgroundService
{
    /// <summary>Time between two sweeps, each times 0.5 to 1.5 by chance, so that silos do not sweep together.</summary>
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(10);

    /// <summary>
    /// How many times as fast as time passes retention may catch up. Erasing too early loses data and erasing late does not, so this is
    /// slow: a night of twelve hours costs three days of sightings when a clock has jumped, and two weeks in which the grid stood still are
    /// made up for in less than three days.
    /// </summary>
    private const int Haste = 6;

    /// <summary>Retention that is further behind is logged.</summary>
    private static readonly TimeSpan LagLogged = TimeSpan.FromHours(1);

    /// <summary>
    /// A larger difference between the clocks of node and database is logged: cameras' times are often those of their node.
    /// </summary>
    private static readonly TimeSpan DifferenceLogged = TimeSpan.FromMinutes(1);

    private (long Reached, long At)? _last;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Value.RetentionDays == 0)
        {
            return;
        }

        await TryAsync(() => LookAsync(stoppingToken), stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(Period * (0.5 + Random.Shared.NextDouble()), time, stoppingToken);
            await TryAsync(() => SweepAsync(stoppingToken), stoppingToken);
        }
    }

    /// <summary>Sweeps once.</summary>
    /// <returns>How many visits and events were erased.</returns>
    internal async Task<long> SweepAsync(CancellationToken cancellationToken)
    {
        long reached = await LookAsync(cancellationToken);
        long erased = await rows.SweepAsync(reached - Microseconds(TimeSpan.FromDays(options.Value.RetentionDays)), cancellationToken);
        if (erased > 0)
        {
            await files.EraseFreePagesAsync(cancellationToken);
            LogSwept(logger, erased);
        }

        return erased;
    }

    /// <summary>
    /// Moves the time of retention on by the time since this silo's last look. The first look moves nothing: nobody knows how much time has
    /// passed before it.
    /// </summary>
    /// <returns>That time, in microseconds since 1970.</returns>
    private async Task<long> LookAsync(CancellationToken cancellationToken)
    {
        long at = time.GetTimestamp();
        long now = SightingConverter.Microseconds(time.GetUtcNow());
        long upTo = _last is { } last ? last.Reached + (Haste * Microseconds(time.GetElapsedTime(last.At, at))) : 0;
        RetentionTime found = await rows.AdvanceAsync(now, upTo, cancellationToken);
        _last = (found.Reached, at);
        var lag = TimeSpan.FromMicroseconds(found.Clock - found.Reached);
        CameraMetrics.SetRetentionLag(lag);
        if (lag > LagLogged)
        {
            LogBehind(logger, lag, Haste);
        }

        var difference = TimeSpan.FromMicroseconds(now - found.Clock);
        if (difference.Duration() > DifferenceLogged)
        {
            LogClock(logger, difference);
        }

        return found.Reached;
    }

    private async Task TryAsync(Func<Task> work, CancellationToken stoppingToken)
    {
        try
        {
            await work();
        }
        catch (Exception failure) when (failure is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
        {
            LogFailed(logger, failure);
        }
    }

    private static long Microseconds(TimeSpan span) => span.Ticks / TimeSpan.TicksPerMicrosecond;

    [LoggerMessage(1, LogLevel.Information, "Erased {Count} sightings and events that were older than they are kept")]
    private static partial void LogSwept(ILogger logger, long count);

    [LoggerMessage(2, LogLevel.Warning, "Old sightings could not be erased; trying again later")]
    private static partial void LogFailed(ILogger logger, Exception cause);

    [LoggerMessage(
        3,
        LogLevel.Warning,
        "Retention of sightings is {Lag} behind the clock: the grid stood still, or the clock has jumped; look at the clock. "
        + "Old sightings are erased {Haste} times as fast as time passes until it has caught up")]
    private static partial void LogBehind(ILogger logger, TimeSpan lag, int haste);

    [LoggerMessage(
        4,
        LogLevel.Warning,
        "The clock of this node is {Difference} ahead of the database server's (negative: behind): set both by NTP")]
    private static partial void LogClock(ILogger logger, TimeSpan difference);
}
