using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Galleries;
using FaceGrid.Abstractions.People;
using FaceGrid.Grains.Storage;

namespace FaceGrid.Grains.People;

/// <summary>
/// The map of a person's gallery, as new as the person needs it. This silo's copy may be older than the person's row or than what a caller
/// knows; then the gallery itself is asked.
/// </summary>
/// <param name="key">The person.</param>
/// <param name="row">Their row.</param>
/// <param name="tools">Copies of maps, and the gallery's grain.</param>
internal sealed class PersonGallery(PersonKey key, PersonRow row, PersonTools tools)
{
    /// <summary>
    /// Reads the map. Where it and the row disagree about the gallery's life, or about the contracts that it holds, it is read anew.
    /// </summary>
    /// <exception cref="FaceGridException"><see cref="ErrorCodes.GalleryNotFound"/>.</exception>
    public async Task<GalleryMap> MapAsync(CancellationToken cancellationToken)
    {
        GalleryMap map = await tools.Maps.GetAsync(key.Gallery, fresh: false, cancellationToken);
        if (!row.IsStored || (row.State.Epoch == map.Epoch && row.State.HoldsOnly(map)))
        {
            return map;
        }

        map = await FreshMapAsync(cancellationToken);
        if (row.State.Epoch != map.Epoch)
        {
            await row.ReadAsync(cancellationToken); // Memory holds a row of an earlier life of the gallery, which was deleted with it.
        }

        return map;
    }

    /// <summary>Reads the map from the gallery itself.</summary>
    /// <exception cref="FaceGridException"><see cref="ErrorCodes.GalleryNotFound"/>.</exception>
    public async Task<GalleryMap> FreshMapAsync(CancellationToken cancellationToken) =>
        await tools.Maps.GetAsync(key.Gallery, fresh: true, cancellationToken);

    /// <summary>A map that knows the contracts of faces to enrol. The first faces of a gallery bind it to their contract.</summary>
    /// <param name="map">The map known so far.</param>
    /// <param name="faces">Faces to enrol.</param>
    /// <param name="cancellationToken">A call that is cancelled may have bound the gallery.</param>
    /// <exception cref="FaceGridException">The faces are not valid, or not of one contract.</exception>
    public async Task<GalleryMap> MapForAsync(GalleryMap map, NewFace[] faces, CancellationToken cancellationToken)
    {
        if (faces.Length > 0 && map.Contract is null)
        {
            map = await BindAsync(FaceIntake.ContractOf(faces), cancellationToken);
        }

        // The caller may know a newer map than this silo's copy.
        return Array.TrueForAll(faces, face => FaceIntake.Knows(map, face)) ? map : await FreshMapAsync(cancellationToken);
    }

    private async Task<GalleryMap> BindAsync(Contract wanted, CancellationToken cancellationToken)
    {
        long askedAt = tools.Time.GetTimestamp();
        GalleryMap map = await tools.Grains.GetGrain<IGalleryGrain>(IGalleryGrain.KeyOf(key.Gallery)).BindAsync(wanted, cancellationToken);
        tools.Maps.Learn(key.Gallery, map, askedAt);
        return map;
    }
}
