using Orleans.Runtime.Placement;

namespace FaceGrid.Grains.Placement;

/// <summary>What placement directors choose from.</summary>
internal static class PlacementChoices
{
    /// <summary>
    /// The silos that can host a grain now. A silo that is shutting down is left out where there is another: what it hands over must not
    /// come back.
    /// </summary>
    public static SiloAddress[] SilosThatStay(this IPlacementContext context, PlacementTarget target)
    {
        SiloAddress[] silos = context.GetCompatibleSilos(target);
        return context.LocalSiloStatus != SiloStatus.Active && silos.Length > 1
            ? [.. silos.Where(silo => !silo.Equals(context.LocalSilo))]
            : silos;
    }
}
