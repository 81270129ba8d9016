using FaceGrid.Grains.Cluster;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace FaceGrid.Grains.Cameras;

/// <summary>
/// Has the cameras run that belong on this silo, and gives away those that do not: a second after silos came or went, and every few seconds, because cameras are made and turned on and off at any node. Nobody has to call
/// a camera for it to run.
/// </summary>
internal sealed partial class CameraKeeper(
    CameraPlaces places,
    LocalCameras cameras,
    ILocalSiloDetails silo,
    IClusterMembershipService membership,
    IGrainFactory grains,
    TimeProvider time,
    ILogger<CameraKeeper> logger) : BackgroundService
{
    /// <summary>Time between two looks.</summary>
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

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

            if (membership.CurrentSnapshot.Version != seen)
            {
                seen = membership.CurrentSnapshot.Version;
                await Task.Delay(Settle, time, stoppingToken);
            }

            try
            {
                await KeepAsync(stoppingToken);
            }
            catch (Exception failure) when (failure is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                LogFailed(logger, failure);
            }
        }
    }

    private async Task KeepAsync(CancellationToken cancellationToken)
    {
        SiloAddress[] silos = places.Silos;
        if (!silos.Contains(silo.SiloAddress))
        {
            return; // Not active yet, or not any more.
        }

        IReadOnlyList<string> wanted = await places.ReadAsync(cancellationToken);
        string[] here = [.. wanted.Where(Belongs)];
        await Parallel.ForEachAsync(here, new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = cancellationToken }, async (camera, _) => await TryAsync(Camera(camera).RunAsync));
        foreach (string camera in cameras.Cameras.Where(camera => !Belongs(camera)))
        {
            await TryAsync(Camera(camera).MoveAsync);
        }

        bool Belongs(string camera) => places.PlaceOf(camera, silos).Equals(silo.SiloAddress);
    }

    /// <summary>One camera that cannot be reached, because it is on its way between two silos, does not keep the others waiting: it is asked again at the next look.</summary>
    private async Task TryAsync(Func<Task> call)
    {
        try
        {
            await call();
        }
        catch (Exception failure) when (TransientFailures.Includes(failure, CancellationToken.None))
        {
            LogFailed(logger, failure);
        }
    }

    private ICameraGrain Camera(string camera) => grains.GetGrain<ICameraGrain>(ICameraGrain.KeyOf(camera));

    [LoggerMessage(1, LogLevel.Warning, "Cameras could not be started where they belong; trying again")]
    private static partial void LogFailed(ILogger logger, Exception cause);
}
