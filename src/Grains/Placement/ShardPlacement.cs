using FaceGrid.Abstractions.Search;
using Orleans.Placement;
using Orleans.Runtime.Placement;

namespace FaceGrid.Grains.Placement;

/// <summary>Spreads the shards of a gallery evenly over the silos; see <see cref="ShardPlaces"/>.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ShardPlacementAttribute() : PlacementAttribute(new ShardPlacement());

/// <summary>The strategy behind <see cref="ShardPlacementAttribute"/>.</summary>
[Serializable, GenerateSerializer, Immutable, SuppressReferenceTracking]
public sealed class ShardPlacement : PlacementStrategy;

/// <summary>Gives a shard the silo that <see cref="ShardPlaces"/> names, out of those that can host it now.</summary>
/// <param name="places">Knows where shards belong.</param>
public sealed class ShardPlacementDirector(ShardPlaces places) : IPlacementDirector
{
    /// <inheritdoc/>
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        ShardKey shard = ShardKey.Parse(target.GrainIdentity.Key.ToString()!);
        return Task.FromResult(places.PlacesOf(shard.Gallery, shard.Level, context.SilosThatStay(target))[shard.Index]);
    }
}
