using FaceGrid.Abstractions.Cameras;
using FaceGrid.Grains.Placement;
using Orleans.Placement;
using Orleans.Runtime.Placement;

namespace FaceGrid.Cameras.Placement;

/// <summary>Spreads cameras evenly over the nodes that read pictures; see <see cref="CameraPlaces"/>.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class CameraPlacementAttribute() : PlacementAttribute(new CameraPlacement());

/// <summary>The strategy behind <see cref="CameraPlacementAttribute"/>.</summary>
[Serializable, GenerateSerializer, Immutable, SuppressReferenceTracking]
public sealed class CameraPlacement : PlacementStrategy;

/// <summary>Gives a camera the silo that <see cref="CameraPlaces"/> names, out of those that can host it now.</summary>
/// <param name="places">Knows where cameras belong.</param>
public sealed class CameraPlacementDirector(CameraPlaces places) : IPlacementDirector
{
    /// <inheritdoc/>
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context) =>
        Task.FromResult(places.PlaceOf(CameraOf(target), context.SilosThatStay(target)));

    private static string CameraOf(PlacementTarget target) => target.GrainIdentity.Key.ToString()![ICameraGrain.KeyOf("").Length..];
}
