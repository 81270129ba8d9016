using FaceGrid.Abstractions.People;
using FaceGrid.Grains.Storage;

namespace FaceGrid.Grains.People;

// Cut-outs of faces, where the gallery keeps them: the row says first that a face has one, then it is written; it is erased before its face leaves the row. So none is ever left behind, whenever a node dies.
public sealed partial class PersonGrain
{
    /// <summary>Keeps the cut-outs of a write, and erases those of faces that it replaced.</summary>
    private async Task KeepCropsAsync(NewFace[] faces, PersonState before, CancellationToken cancellationToken)
    {
        NewFace[] kept = [.. faces.Where(face => face.Crop is not null && row.State.Faces.Exists(known => known.Id == face.Id && known.HasCrop))];
        foreach (NewFace face in kept)
        {
            await crops.PutAsync(_key, face.Id, face.Crop!);
        }

        // The gallery may have stopped keeping them meanwhile; it has erased what was there a moment after it said so.
        if (kept.Length > 0 && (await maps.GetAsync(_key.Gallery, fresh: false, cancellationToken)).Enrolment?.Crops != true)
        {
            foreach (NewFace face in kept)
            {
                await crops.DeleteAsync(_key, face.Id);
            }
        }

        await ForgetCropsAsync(before.Faces.Where(face => !row.State.Faces.Exists(known => known.Id == face.Id)));
    }

    private async Task ForgetCropsAsync(IEnumerable<FaceState> faces)
    {
        foreach (FaceState face in faces.Where(face => face.HasCrop))
        {
            await crops.DeleteAsync(_key, face.Id);
        }
    }

    private Task ForgetAllCropsAsync() => row.RecordExists && row.State.Faces.Exists(face => face.HasCrop) ? crops.DeleteAllAsync(_key) : Task.CompletedTask;

    private Task TakeCropsAsync(string from, PersonState state, CancellationToken cancellationToken) =>
        crops.CopyAsync(PersonKey.Of(_key.Gallery, from), _key, [.. state.Faces.Where(face => face.HasCrop).Select(face => face.Id)], cancellationToken);
}
