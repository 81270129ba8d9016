using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Galleries;
using FaceGrid.Abstractions.People;
using FaceGrid.Grains.Storage;

namespace FaceGrid.Grains.People;

// What an operator decides after looking: this face is theirs after all, and these two are not the same person.
public sealed partial class PersonGrain
{
    private const int DifferentMax = 256;

    /// <inheritdoc/>
    public async Task<WriteResult> ReleaseFaceAsync(string faceId, CancellationToken cancellationToken)
    {
        GalleryMap map = await RequirePersonAsync(cancellationToken);
        RequireNoMerge();
        PersonState next = Copy(map);
        int index = next.Faces.FindIndex(face => face.Id == faceId);
        if (index < 0)
        {
            throw new FaceGridException(ErrorCodes.FaceNotFound, "The person has no face with that id.");
        }

        if (next.Faces[index] is { IsQuarantined: true } held)
        {
            FaceState free = held.Copy();
            free.Review = held.Review! with { Quarantined = false };
            next.Faces[index] = free;
            next.Revision = NextRevision();
            await SaveAsync(next);
            LogReleased(logger, _key.Gallery);
        }

        bool searchable = await MakeSearchableAsync(Entry(row.State), cancellationToken);
        return new WriteResult(Info(vectors: false), Created: false, searchable);
    }

    /// <inheritdoc/>
    public async Task SetDifferentAsync(string other, bool different, CancellationToken cancellationToken)
    {
        GalleryMap map = await RequirePersonAsync(cancellationToken);
        if (row.State.DifferentFrom?.Contains(other) == true == different)
        {
            return;
        }

        RequireNoMerge();
        List<string> others = [.. (row.State.DifferentFrom ?? []).Where(known => known != other), .. different ? new[] { other } : []];
        if (others.Count > DifferentMax)
        {
            throw new FaceGridException(ErrorCodes.InvalidParameter, $"A person is declared different from at most {DifferentMax} others.");
        }

        // The revision stays: what the shard knows of the person does not change.
        PersonState next = Copy(map);
        next.DifferentFrom = others.Count > 0 ? others : null;
        await SaveAsync(next);
        LogDifferent(logger, _key.Gallery, different);
    }

    private void RequireNoMerge()
    {
        if (row.State.MergingInto is not null)
        {
            throw new FaceGridException(ErrorCodes.MergeConflict, "The person is being merged into another; repeat that merge, or undo it, first.");
        }
    }
}
