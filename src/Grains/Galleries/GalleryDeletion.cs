using FaceGrid.Grains.Shards;
using FaceGrid.Grains.Storage;
using FaceGrid.Storage;
using FaceGrid.Storage.Sightings;
using Microsoft.Extensions.Logging;

namespace FaceGrid.Grains.Galleries;

/// <summary>
/// Deletes a gallery and everybody in it. The row says first that the gallery is being deleted and goes last, so a deletion that breaks
/// off is remembered and goes on.
/// </summary>
/// <param name="gallery">Gallery id.</param>
/// <param name="row">The gallery's row.</param>
/// <param name="shards">Its shards.</param>
/// <param name="rows">Rows of the people.</param>
/// <param name="sightings">Sightings of the people.</param>
/// <param name="crops">Kept cut-outs.</param>
/// <param name="mapAge">How long silos use their copies of the map.</param>
/// <param name="time">Clock.</param>
/// <param name="logger">Log.</param>
internal sealed class GalleryDeletion(
    string gallery,
    GalleryRow row,
    GalleryShards shards,
    IGrainRows rows,
    ISightingRows sightings,
    CropRows crops,
    TimeSpan mapAge,
    TimeProvider time,
    ILogger logger)
{
    /// <summary>Makes the deletion durable, and waits until nobody reads or writes a person any more.</summary>
    /// <returns>When <see cref="FinishAsync"/> may be called.</returns>
    public async Task BeginAsync()
    {
        GalleryState next = row.State.Copy();
        next.Deleting = true;
        await row.SaveAsync(next);
        // Until then other silos may answer from their copies of the map; after that nobody reads or writes a person.
        await Task.Delay(mapAge, time, CancellationToken.None);
    }

    /// <summary>Deletes what is left of a gallery that is being deleted.</summary>
    /// <param name="cancellationToken">Ends the work; it is remembered and can be repeated.</param>
    /// <returns>True when there was something to finish.</returns>
    public async Task<bool> FinishAsync(CancellationToken cancellationToken)
    {
        if (!row.IsDeleting)
        {
            return false;
        }

        GalleryState state = row.State;
        IEnumerable<IShardGrain> all = shards.At(state.Level).Concat(state.NextLevel is { } next ? shards.At(next) : []);
        await Task.WhenAll(all.Select(shard => shard.RetireAsync()));
        await crops.DeleteAllAsync(gallery, cancellationToken);
        long people = await rows.DeleteAllAsync(StateNames.Person, gallery + "/", cancellationToken);
        // After the rows of the people, without which nobody is named any more.
        await sightings.ErasePeopleAsync(gallery, person: null, upTo: null, cancellationToken);
        // The gallery's own row goes last: while it is there, the work is remembered.
        await rows.EraseFreePagesAsync(cancellationToken);
        await row.ClearAsync(cancellationToken);
        GalleryLog.Deleted(logger, gallery, people);
        return true;
    }

    /// <summary>Erases every kept cut-out, also from what the database has freed.</summary>
    /// <param name="cancellationToken">Ends the work; cut-outs may be left then.</param>
    /// <returns>When none is left.</returns>
    public async Task EraseCropsAsync(CancellationToken cancellationToken)
    {
        // Until then silos may go on keeping them by their copies of the map.
        await Task.Delay(mapAge, time, cancellationToken);
        await crops.DeleteAllAsync(gallery, cancellationToken);
        await rows.EraseFreePagesAsync(cancellationToken);
    }
}
