using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Galleries;
using FaceGrid.Abstractions.People;
using FaceGrid.Grains.Shards;
using FaceGrid.Grains.Storage;

namespace FaceGrid.Grains.People;

// What is removed is gone from the row, from what the row remembers of others, from the shard and from the database files before the answer.
public sealed partial class PersonGrain
{
    /// <inheritdoc/>
    public async Task<WriteResult> RemoveFaceAsync(string faceId, long? rowVersion, CancellationToken cancellationToken)
    {
        GalleryMap map = await RequirePersonAsync(cancellationToken);
        CheckRowVersion(rowVersion);
        RequireNoMerge();
        PersonState next = Copy(map);
        if (next.Faces.RemoveAll(face => face.Id == faceId) > 0)
        {
            await FinishMergesAsync(faceId, cancellationToken);
            await FinishPartingAsync(cancellationToken);
            await ForgetCropsAsync(row.State.Faces.Where(face => face.Id == faceId));
            ForgetFace(next, faceId);
            next.Revision = NextRevision();
            await SaveAsync(next);
        }

        // Also when there was no such face: an earlier removal may have ended between its row and this.
        if (!await MakeSearchableAsync(Entry(row.State), cancellationToken))
        {
            throw new FaceGridException(ErrorCodes.ShardsMissing, "The face is gone from the row, but the person's shard could not be told yet. Try again.");
        }

        await EraseFreePagesAsync(cancellationToken);
        return new WriteResult(Info(vectors: false), Created: false, Searchable: true);
    }

    /// <inheritdoc/>
    public async Task<bool> DeleteAsync(long? rowVersion, CancellationToken cancellationToken)
    {
        GalleryMap map = await MapAsync(cancellationToken);
        CheckRowVersion(rowVersion);
        bool damaged = row.State.IsDamaged, existed = damaged || Exists(map);
        if (existed && !damaged)
        {
            RequireNoMerge(); // The one who stays may hold the faces already.
            await FinishMergesAsync(faceId: null, cancellationToken);
            await FinishPartingAsync(cancellationToken);
        }

        foreach (MergedPerson merged in existed ? MergedInto(row.State) : [])
        {
            await sightings.ErasePeopleAsync(_key.Gallery, merged.Person, merged.SeenUpTo, cancellationToken); // Before the row, which alone knows them.
        }

        await EraseAsync(map, sightingsToo: true, cancellationToken);
        return existed;
    }

    /// <summary>Whom the person was seen as before they were merged, and who had been merged into those.</summary>
    private static IEnumerable<MergedPerson> MergedInto(PersonState state) => (state.Merged ?? []).SelectMany(merged => MergedInto(merged.State).Prepend(merged));

    private async Task EraseAsync(GalleryMap map, bool sightingsToo, CancellationToken cancellationToken)
    {
        long revision = NextRevision();
        if (row.State.IsDamaged)
        {
            await crops.DeleteAllAsync(_key);
            string key = this.GetPrimaryKeyString();
            await GuardAsync(token => rows.DeleteRangeAsync(StateNames.Person, key, RowsByPrefix.JustAfter(key), token)); // Storage does not know the version of what it could not read.
            await row.ReadStateAsync(cancellationToken);
        }
        else if (row.RecordExists)
        {
            await ForgetAllCropsAsync();
            await GuardAsync(row.ClearStateAsync);
        }

        if (sightingsToo)
        {
            await sightings.ErasePeopleAsync(_key.Gallery, _key.Person, upTo: null, cancellationToken); // After the row, without which nobody is named any more.
        }

        // Also when there was no row: an earlier delete may have died between its row and its shard.
        var gone = new PersonEntry(_key.Person, revision, map.Epoch, [], [], Deleted: true);
        if (!await MakeSearchableAsync(gone, cancellationToken))
        {
            throw new FaceGridException(ErrorCodes.ShardsMissing, "The person's row is gone, but their shard could not be told yet. Try again.");
        }

        await EraseFreePagesAsync(cancellationToken);
        Leave();
    }
}
