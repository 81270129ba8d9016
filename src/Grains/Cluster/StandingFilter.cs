using FaceGrid.Grains.Cameras;
using FaceGrid.Grains.Galleries;
using FaceGrid.Grains.People;
using FaceGrid.Grains.Rules;
using FaceGrid.Grains.Search;

namespace FaceGrid.Grains.Cluster;

/// <summary>Refuses calls to what this silo holds in memory while it may be dead without knowing: the caller tries again, and meanwhile the others decide.</summary>
internal sealed class StandingFilter(Standing standing) : IIncomingGrainCallFilter
{
    /// <inheritdoc/>
    public Task Invoke(IIncomingGrainCallContext context) => standing.IsGood || context.Grain is not (PersonGrain or GalleryGrain or ShardGrain or CameraGrain or RuleGrain)
        ? context.Invoke()
        : throw new SiloUnavailableException("This node cannot tell whether the others still count on it.");
}
