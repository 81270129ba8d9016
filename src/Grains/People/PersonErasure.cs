using FaceGrid.Abstractions.Galleries;
using FaceGrid.Abstractions.People;
using FaceGrid.Grains.Shards;
using FaceGrid.Grains.Storage;

namespace FaceGrid.Grains.People;

/// <summary>
/// Erases a person. The order: their cut-outs, their row, their sightings, their shard, the free pages of the database files. What is
/// removed is gone from all of them before the answer, and an erasure that broke off may be repeated.
/// </summary>
/// <param name="key">The person.</param>
/// <param name="row">Their row.</param>
/// <param name="crops">Their cut-outs.</param>
/// <param name="publisher">Tells their shard.</param>
/// <param name="tools">Sightings.</param>
internal sealed class PersonErasure(PersonKey key, PersonRow row, PersonCrops crops, IndexPublisher publisher, PersonTools tools)
{
    /// <summary>Erases the person, also where there is no row: an earlier attempt may have ended between the row and the shard.</summary>
    /// <param name="map">The gallery.</param>
    /// <param name="sightingsToo">True to erase what cameras saw of them; false after a merge: whom they were seen as stays true.</param>
    /// <param name="cancellationToken">A cancelled erasure may be repeated.</param>
    public async Task EraseAsync(GalleryMap map, bool sightingsToo, CancellationToken cancellationToken)
    {
        PersonEntry gone = Gone(map.Epoch);
        if (row.State.IsDamaged)
        {
            await crops.EraseAllAsync();
            await row.DeleteDamagedAsync(cancellationToken);
        }
        else if (row.IsStored)
        {
            await crops.EraseAllAsync();
            await row.DeleteAsync();
        }

        if (sightingsToo)
        {
            // After the row: without it, no new sighting names the person.
            await tools.Sightings.ErasePeopleAsync(key.Gallery, key.Person, upTo: null, cancellationToken);
        }

        await publisher.RequireAsync(gone, "The person's row is gone", cancellationToken);
        await row.EraseFreePagesAsync(cancellationToken);
    }

    /// <summary>
    /// Erases sightings under the ids of everybody who was merged into the person. Before their row, which alone knows those ids.
    /// </summary>
    /// <param name="cancellationToken">A cancelled erasure may be repeated.</param>
    public async Task EraseMergedSightingsAsync(CancellationToken cancellationToken)
    {
        foreach (MergedPerson merged in PersonMerge.Everybody(row.State))
        {
            await tools.Sightings.ErasePeopleAsync(key.Gallery, merged.Person, merged.SeenUpTo, cancellationToken);
        }
    }

    /// <summary>Takes an enrolment back that must not stay: the row is deleted, or becomes what it was.</summary>
    /// <param name="before">The row as it was, or null when the person is new.</param>
    public async Task WithdrawAsync(PersonState? before)
    {
        PersonEntry entry;
        if (before is null)
        {
            entry = Gone(row.State.Epoch);
            await crops.EraseAllAsync();
            await row.DeleteAsync();
        }
        else
        {
            await crops.EraseAsync(row.State.Faces.Where(face => !before.Faces.Contains(face)));
            await row.SaveRevisedAsync(before);
            entry = row.Entry;
        }

        await publisher.PublishAsync(entry, CancellationToken.None);
        await row.EraseFreePagesAsync(CancellationToken.None);
    }

    // Under a revision above that of the row, which is read before the row goes.
    private PersonEntry Gone(Guid epoch) => new(key.Person, row.NextRevision(), epoch, [], [], Deleted: true);
}
