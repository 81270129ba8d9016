using FaceGrid.Abstractions.People;
using FaceGrid.Grains.Maps;
using FaceGrid.Grains.Storage;

namespace FaceGrid.Grains.People;

/// <summary>
/// A person's kept cut-outs, where the gallery keeps them. The order of writes: the row says first that a face has a cut-out, then the
/// cut-out is written; it is erased before its face leaves the row. So none is left behind, whenever a node dies.
/// </summary>
/// <param name="key">The person.</param>
/// <param name="row">Their row.</param>
/// <param name="crops">All cut-outs.</param>
/// <param name="maps">Say whether the gallery keeps cut-outs.</param>
internal sealed class PersonCrops(PersonKey key, PersonRow row, CropRows crops, GalleryMaps maps)
{
    /// <summary>Keeps the cut-outs of a write, and erases those of faces that it replaced. The row has been written.</summary>
    /// <param name="faces">Faces of the write.</param>
    /// <param name="before">The row before the write.</param>
    /// <param name="cancellationToken">A cancelled call may leave cut-outs unwritten; a repeat of the write writes them.</param>
    public async Task KeepAsync(NewFace[] faces, PersonState before, CancellationToken cancellationToken)
    {
        NewFace[] kept = [.. faces.Where(face =>
            face.Crop is not null && row.State.Faces.Exists(known => known.Id == face.Id && known.HasCrop))];
        foreach (NewFace face in kept)
        {
            await crops.PutAsync(key, face.Id, face.Crop!);
        }

        // The gallery may have stopped keeping cut-outs meanwhile. It erased all that were there a moment after it said so.
        if (kept.Length > 0 && (await maps.GetAsync(key.Gallery, fresh: false, cancellationToken)).Enrolment?.Crops != true)
        {
            foreach (NewFace face in kept)
            {
                await crops.DeleteAsync(key, face.Id);
            }
        }

        await EraseAsync(before.Faces.Where(face => !row.State.Faces.Exists(known => known.Id == face.Id)));
    }

    /// <summary>Erases the cut-outs of faces.</summary>
    /// <param name="faces">Some of the person's faces.</param>
    public async Task EraseAsync(IEnumerable<FaceState> faces)
    {
        foreach (FaceState face in faces.Where(face => face.HasCrop))
        {
            await crops.DeleteAsync(key, face.Id);
        }
    }

    /// <summary>Erases all cut-outs of the person, where the row says that there are any or cannot be read.</summary>
    public Task EraseAllAsync() =>
        row.State.IsDamaged || (row.IsStored && row.State.Faces.Exists(face => face.HasCrop))
            ? crops.DeleteAllAsync(key)
            : Task.CompletedTask;

    /// <summary>Copies the cut-outs of faces that were taken over from another person.</summary>
    /// <param name="from">Whose they are.</param>
    /// <param name="state">That person's row.</param>
    /// <param name="cancellationToken">A cancelled copy may be repeated.</param>
    public Task CopyAsync(string from, PersonState state, CancellationToken cancellationToken) => crops.CopyAsync(
        PersonKey.Of(key.Gallery, from), key, [.. state.Faces.Where(face => face.HasCrop).Select(face => face.Id)], cancellationToken);
}
