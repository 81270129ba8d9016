namespace FaceGrid.Grains.Cluster;

/// <summary>
/// Refuses calls to grains that need the silo's lease while this silo may be dead without knowing. The caller tries again;
/// meanwhile the other silos decide.
/// </summary>
internal sealed class SiloLeaseFilter(SiloLease lease) : IIncomingGrainCallFilter
{
    /// <inheritdoc/>
    public Task Invoke(IIncomingGrainCallContext context) => lease.IsValid || context.Grain is not INeedsSiloLease
        ? context.Invoke()
        : throw new SiloUnavailableException("This node cannot tell whether the others still count on it.");
}
