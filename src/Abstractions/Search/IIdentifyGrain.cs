using FaceGrid.Abstractions.Errors;

namespace FaceGrid.Abstractions.Search;

/// <summary>
/// Stateless scatter and gather over the shards of a gallery. Key: a number below <see cref="KeyCount"/>; different ones may be served by
/// different nodes.
/// </summary>
[Alias("fg.IIdentifyGrain")]
public interface IIdentifyGrain : IGrainWithIntegerKey
{
    /// <summary>
    /// How many keys callers spread their questions over. A client sends all calls to one grain by way of one node, so a stateless grain
    /// with one key would keep one node busy.
    /// </summary>
    const int KeyCount = 64;

    /// <summary>The grain that serves a question, any of them.</summary>
    /// <param name="grains">Finds it.</param>
    /// <returns>A reference.</returns>
    static IIdentifyGrain Any(IGrainFactory grains) => grains.GetGrain<IIdentifyGrain>(Random.Shared.Next(KeyCount));

    /// <summary>Finds the nearest people of the whole gallery for each probe, exactly.</summary>
    /// <param name="request">The question.</param>
    /// <param name="cancellationToken">Ends the search early; shards that scan for nobody else stop scanning.</param>
    /// <returns>Candidates and decisions, with the shards asked and answered.</returns>
    /// <exception cref="FaceGridException">Gallery not found, wrong dimension, not finite, zero norm, contract mismatch, or
    /// <see cref="ErrorCodes.ShardsMissing"/> when shards did not answer and partial answers are not allowed.</exception>
    [Alias("Identify")]
    Task<IdentifyAnswer> IdentifyAsync(IdentifyRequest request, CancellationToken cancellationToken);
}
