using FaceGrid.Abstractions.Cameras;
using FaceGrid.Grains.Cluster;
using Microsoft.Extensions.Logging;

namespace FaceGrid.Cameras.Placement;

/// <summary>
/// Runs the cameras that belong on this silo, and gives away those that do not: a second after silos came or went, and every few seconds,
/// because cameras are made and turned on and off at any node. So a camera runs without being called.
/// </summary>
internal sealed class CameraKeeper(
    CameraPlaces places,
    LocalCameras cameras,
    ILocalSiloDetails silo,
    IClusterMembershipService membership,
    IGrainFactory grains,
    TimeProvider time,
    ILogger<CameraKeeper> logger) : SiloUpkeep(membership, time, TimeSpan.FromSeconds(5), logger)
{
    /// <inheritdoc/>
    protected override async Task LookAsync(bool changed, CancellationToken cancellationToken)
    {
        SiloAddress[] silos = places.Silos;
        if (!silos.Contains(silo.SiloAddress))
        {
            return; // Not active yet, or not any more.
        }

        IReadOnlyList<string> wanted = await places.ReadAsync(cancellationToken);
        await ForEachAsync(wanted.Where(Belongs), camera => Camera(camera).RunAsync(), cancellationToken);
        await ForEachAsync(cameras.Cameras.Where(camera => !Belongs(camera)), camera => Camera(camera).MoveAsync(), cancellationToken);

        bool Belongs(string camera) => places.PlaceOf(camera, silos).Equals(silo.SiloAddress);
    }

    private ICameraGrain Camera(string camera) => grains.GetGrain<ICameraGrain>(ICameraGrain.KeyOf(camera));
}
