using FaceGrid.Abstractions.Embedding;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.People;
using FaceGrid.Storage;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;

namespace FaceGrid.Grains.Storage;

/// <summary>
/// The kept cut-outs of faces, one row each. A cut-out is written after its face is in the person's row and erased before the face leaves
/// it, so none is ever without a person. Only the person's own grain writes them. Safe for concurrent use.
/// </summary>
/// <param name="storage">Writes.</param>
/// <param name="rows">Reads and deletes ranges.</param>
/// <param name="reader">Reads what grain storage writes.</param>
public sealed class CropRows([FromKeyedServices(StateNames.Provider)] IGrainStorage storage, IGrainRows rows, RowReader<CropState> reader)
{
    /// <summary>
    /// Keeps a cut-out. The same face again changes nothing, unless its row was damaged: its id names the picture that it came from.
    /// </summary>
    /// <param name="person">Whose.</param>
    /// <param name="face">Face id.</param>
    /// <param name="crop">The cut-out.</param>
    public async Task PutAsync(PersonKey person, string face, FaceCrop crop)
    {
        var id = GrainId.Create(StateNames.Crop, KeyOf(person, face));
        var row = new GrainState<CropState>(new CropState());
        try
        {
            await storage.ReadStateAsync(StateNames.Crop, id, row);
        }
        catch (FaceGridException damaged) when (damaged.Code == ErrorCodes.RowDamaged)
        {
            await DeleteAsync(person, face); // Storage does not know the version of what it could not read.
            row = new GrainState<CropState>(new CropState());
        }

        if (!row.RecordExists)
        {
            row.State = new CropState { Crop = crop };
            await storage.WriteStateAsync(StateNames.Crop, id, row);
        }
    }

    /// <summary>Reads all cut-outs of a person.</summary>
    /// <param name="person">Whose.</param>
    /// <param name="cancellationToken">A cancelled call changes nothing.</param>
    /// <returns>By face id; without those whose row is damaged.</returns>
    public async Task<Dictionary<string, FaceCrop>> ReadAsync(PersonKey person, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, FaceCrop>(StringComparer.Ordinal);
        string first = KeyOf(person, "");
        await foreach (GrainRow row in rows.ReadAllAsync(StateNames.Crop, first, after: null, cancellationToken))
        {
            if (reader.TryRead(row, static state => state.Crop, out FaceCrop? crop, called: "of a kept cut-out") && crop is not null)
            {
                found.Add(row.Key[first.Length..], crop);
            }
        }

        return found;
    }

    /// <summary>Copies cut-outs to a person who takes over the faces.</summary>
    /// <param name="from">Whose they are.</param>
    /// <param name="to">Who gets them.</param>
    /// <param name="faces">Face ids.</param>
    /// <param name="cancellationToken">A cancelled copy may be repeated.</param>
    public async Task CopyAsync(PersonKey from, PersonKey to, IReadOnlyCollection<string> faces, CancellationToken cancellationToken)
    {
        foreach ((string face, FaceCrop crop) in faces.Count == 0 ? [] : await ReadAsync(from, cancellationToken))
        {
            if (faces.Contains(face))
            {
                await PutAsync(to, face, crop);
            }
        }
    }

    /// <summary>Deletes the cut-out of one face.</summary>
    /// <param name="person">Whose.</param>
    /// <param name="face">Face id.</param>
    public Task DeleteAsync(PersonKey person, string face) =>
        rows.DeleteRangeAsync(StateNames.Crop, KeyOf(person, face), RowsByPrefix.JustAfter(KeyOf(person, face)), CancellationToken.None);

    /// <summary>Deletes all cut-outs of a person.</summary>
    /// <param name="person">Whose.</param>
    public Task DeleteAllAsync(PersonKey person) => rows.DeleteAllAsync(StateNames.Crop, KeyOf(person, ""), CancellationToken.None);

    /// <summary>Deletes all cut-outs of a gallery.</summary>
    /// <param name="gallery">Gallery id.</param>
    /// <param name="cancellationToken">A cancelled deletion may be repeated.</param>
    public Task DeleteAllAsync(string gallery, CancellationToken cancellationToken) =>
        rows.DeleteAllAsync(StateNames.Crop, gallery + "/", cancellationToken);

    private static string KeyOf(PersonKey person, string face) => $"{person}/{face}";
}
