using FaceGrid.Abstractions.Embedding;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Galleries;
using FaceGrid.Abstractions.Policies;
using FaceGrid.Grains.Storage;

namespace FaceGrid.Grains.Galleries;

/// <summary>Binds a gallery to a contract, and takes over what its embedder says about it. Cancelled calls change nothing.</summary>
/// <param name="embedders">The embedders of the grid.</param>
internal sealed class GalleryBinding(GalleryEmbedders embedders)
{
    /// <summary>Binds a contract and takes over the thresholds and the calibration of the embedder that makes its vectors.</summary>
    /// <param name="next">The state to change; it has no contract yet.</param>
    /// <param name="wanted">The contract; an empty id means "the embedder's own".</param>
    /// <param name="isNew">True while no shard of the gallery can have been loaded.</param>
    /// <param name="cancellationToken">Ends the call to the embedders.</param>
    /// <returns>When the state is changed.</returns>
    /// <exception cref="FaceGridException">
    /// <see cref="ErrorCodes.ContractUnknown"/>: the id is empty and no embedder makes such vectors; or what
    /// <see cref="GalleryRules.RequireCarried"/> throws.
    /// </exception>
    public async Task BindAsync(GalleryState next, Contract wanted, bool isNew, CancellationToken cancellationToken)
    {
        EmbedderInfo? embedder = await embedders.FindAsync(wanted, cancellationToken);
        if (embedder is null && wanted.Id.Length == 0)
        {
            throw new FaceGridException(
                ErrorCodes.ContractUnknown,
                $"The gallery has no contract yet and no embedder makes vectors of {wanted.Dimension} numbers: "
                + "name the contract when you create the gallery.");
        }

        next.Contract = embedder?.Contract ?? wanted;
        // Shards that were loaded without a contract learn of it by the new revision.
        next.ContractRevision = isNew ? next.ContractRevision : next.ContractRevision + 1;
        next.ProfileVerify = embedder?.Verify;
        next.ProfileIdentify = embedder?.Identify;
        next.Errors = embedder?.Errors;
        if (next.Policy is { } policy)
        {
            GalleryRules.RequireCarried(next.Errors, policy, people: 0);
        }
    }

    /// <summary>Refuses a promise that cannot be kept. Without a contract that is known only when one is bound.</summary>
    /// <param name="next">The state; takes the calibration when it has none.</param>
    /// <param name="policy">What is promised.</param>
    /// <param name="countPeople">Counts the people of the gallery.</param>
    /// <param name="cancellationToken">Ends the call to the embedders.</param>
    /// <returns>When it can be kept.</returns>
    /// <exception cref="FaceGridException">What <see cref="GalleryRules.RequireCarried"/> throws.</exception>
    public async Task RequireCarriedAsync(
        GalleryState next, GalleryPolicy policy, Func<Task<long>> countPeople, CancellationToken cancellationToken)
    {
        if (next.Contract is not null)
        {
            next.Errors ??= await embedders.ErrorsAsync(next.Contract, cancellationToken);
            GalleryRules.RequireCarried(next.Errors, policy, await countPeople());
        }
    }
}
