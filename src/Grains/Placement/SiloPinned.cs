using Orleans.Placement;
using Orleans.Runtime.Placement;

namespace FaceGrid.Grains.Placement;

/// <summary>Places a grain on the silo that its key names, and nowhere else.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class SiloPinnedAttribute() : PlacementAttribute(new SiloPinnedPlacement());

/// <summary>The strategy behind <see cref="SiloPinnedAttribute"/>.</summary>
[Serializable, GenerateSerializer, Immutable, SuppressReferenceTracking]
public sealed class SiloPinnedPlacement : PlacementStrategy;

/// <summary>Finds the named silo among the compatible ones.</summary>
public sealed class SiloPinnedDirector : IPlacementDirector
{
    /// <inheritdoc/>
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        SiloAddress wanted = SiloAddress.FromParsableString(target.GrainIdentity.Key.ToString()!);
        return Array.Exists(context.GetCompatibleSilos(target), silo => silo.Equals(wanted))
            ? Task.FromResult(wanted)
            : throw new SiloUnavailableException("The node is gone."); // The caller knows others.
    }
}
