using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.People;
using FaceGrid.Grains.Storage;

namespace FaceGrid.Grains.People;

/// <summary>
/// Finishes merges, and undos of merges, that broke off when both rows held the faces. Without that, a face that is erased here would
/// still be found by the other row, or come back from it.
/// </summary>
/// <param name="key">The person.</param>
/// <param name="row">Their row.</param>
/// <param name="tools">Finds the other person.</param>
internal sealed class UnfinishedMerges(PersonKey key, PersonRow row, PersonTools tools)
{
    /// <summary>Finishes both kinds.</summary>
    /// <param name="faceId">Only merges that brought this face; null for all.</param>
    /// <param name="cancellationToken">A cancelled call may be repeated.</param>
    public async Task FinishAsync(string? faceId, CancellationToken cancellationToken)
    {
        foreach (MergedPerson merged in row.State.Merged ?? [])
        {
            if (faceId is null || merged.State.Faces.Exists(face => face.Id == faceId))
            {
                await FinishMergeAsync(tools.Grains.Peer(key.Gallery, merged.Person), merged.State.MergeToken, cancellationToken);
            }
        }

        if (row.State.UnmergedFrom is { } from)
        {
            await FinishUndoAsync(tools.Grains.Peer(key.Gallery, from), cancellationToken);
        }
    }

    private static async Task FinishMergeAsync(IPersonPeerGrain other, Guid token, CancellationToken cancellationToken)
    {
        try
        {
            // A person of their own is left alone; they may be finishing with this person at the same moment.
            if (await other.IsMergingAsync(token) != false)
            {
                await other.CompleteMergeAsync(token, cancellationToken);
            }
        }
        catch (FaceGridException damaged) when (damaged.Code == ErrorCodes.RowDamaged)
        {
            // No search finds a damaged row.
        }
    }

    private async Task FinishUndoAsync(IPersonPeerGrain stayed, CancellationToken cancellationToken)
    {
        try
        {
            await stayed.GiveBackAsync(key.Person, row.State.MergeToken, cancellationToken);
        }
        catch (FaceGridException gone) when (gone.Code is ErrorCodes.PersonNotFound or ErrorCodes.RowDamaged)
        {
            // They are gone with everything that they held, or no search finds their damaged row.
        }
    }
}
