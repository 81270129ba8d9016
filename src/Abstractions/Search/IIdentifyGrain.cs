using FaceGrid.Abstractions.Errors;

namespace FaceGrid.Abstractions.Search;

/// <summary>Stateless scatter and gather over the shards of a gallery. Key: any number; different ones may be served by different nodes.</summary>
[Alias("fg.IIdentifyGrain")]
public interface IIdentifyGrain : IGrainWithIntegerKey
{
    /// <summary>Finds the nearest people of the whole gallery for each probe, exactly.</summary>
    /// <param name="request">The question.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Candidates and decisions, with the shards asked and answered.</returns>
    /// <exception cref="FaceGridException">Gallery not found, wrong dimension, not finite, zero norm, contract mismatch, or
    /// <see cref="ErrorCodes.ShardsMissing"/> when shards did not answer and partial answers are not allowed.</exception>
    [Alias("Identify")]
    Task<IdentifyAnswer> IdentifyAsync(IdentifyRequest request, CancellationToken cancellationToken);
}
