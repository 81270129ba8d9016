using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace FaceGrid.Grains.Cluster;

/// <summary>
/// Work that each silo does for its share of the grid's things: a second after silos came or went, and every few seconds, because what a silo knows of the others may lag behind. A look that fails is
/// followed by the next one.
/// </summary>
/// <param name="membership">Knows the silos.</param>
/// <param name="time">Clock.</param>
/// <param name="period">Time between two looks.</param>
/// <param name="logger">Log.</param>
internal abstract partial class SiloUpkeep(IClusterMembershipService membership, TimeProvider time, TimeSpan period, ILogger logger) : BackgroundService
{
    /// <summary>How long silos are left alone after a change: several often come or go together.</summary>
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(1);

    /// <summary>How often membership is compared with what was seen last.</summary>
    private static readonly TimeSpan PollPeriod = TimeSpan.FromMilliseconds(100);

    /// <summary>Things that are looked after at once.</summary>
    private const int AtOnce = 4;

    /// <summary>Knows the silos.</summary>
    protected IClusterMembershipService Membership { get; } = membership;

    /// <summary>Looks after what belongs on this silo.</summary>
    /// <param name="changed">Whether silos came or went since the last look.</param>
    /// <param name="cancellationToken">The silo stops.</param>
    /// <returns>When done; throws to be called again.</returns>
    protected abstract Task LookAsync(bool changed, CancellationToken cancellationToken);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        MembershipVersion seen = MembershipVersion.MinValue;
        while (!stoppingToken.IsCancellationRequested)
        {
            long start = time.GetTimestamp();
            while (Membership.CurrentSnapshot.Version == seen && time.GetElapsedTime(start) < period)
            {
                await Task.Delay(PollPeriod, time, stoppingToken);
            }

            bool changed = Membership.CurrentSnapshot.Version != seen;
            seen = Membership.CurrentSnapshot.Version;
            if (changed)
            {
                await Task.Delay(Settle, time, stoppingToken);
            }

            try
            {
                await LookAsync(changed, stoppingToken);
            }
            catch (Exception failure) when (failure is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                LogFailed(logger, failure); // Whatever it was: this loop is all that looks after them.
            }
        }
    }

    /// <summary>Calls a few things at a time. One that fails is called again at the next look, and keeps no other from being called now.</summary>
    /// <param name="things">The things.</param>
    /// <param name="call">Calls one.</param>
    /// <param name="cancellationToken">The silo stops.</param>
    /// <returns>When all were called.</returns>
    protected Task ForEachAsync<T>(IEnumerable<T> things, Func<T, Task> call, CancellationToken cancellationToken) =>
        Parallel.ForEachAsync(things, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken }, async (thing, token) =>
        {
            try
            {
                await call(thing).WaitAsync(token);
            }
            catch (Exception failure) when (failure is not OperationCanceledException || !token.IsCancellationRequested)
            {
                LogFailed(logger, failure);
            }
        });

    [LoggerMessage(1, LogLevel.Warning, "What belongs on this silo could not be looked after; trying again")]
    private static partial void LogFailed(ILogger logger, Exception cause);
}
