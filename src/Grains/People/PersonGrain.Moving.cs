using FaceGrid.Abstractions.Embedding;
using FaceGrid.Abstractions.Galleries;
using FaceGrid.Grains.Storage;

namespace FaceGrid.Grains.People;

// The person's part in a gallery's move to another model: vectors of the other model are added beside those that are searched, and in the end those of one model are erased.
public sealed partial class PersonGrain
{
    /// <inheritdoc/>
    public async Task<bool> FillAsync(string contract, MadeVector[] vectors, CancellationToken cancellationToken)
    {
        GalleryMap map = await MapAsync(cancellationToken);
        map = map.Other?.Id == contract ? map : await maps.GetAsync(_key.Gallery, fresh: true, cancellationToken);
        if (!Exists(map) || map.Other?.Id != contract)
        {
            Leave();
            return false; // Gone, or not wanted any more: the next pass looks again.
        }

        // Also in the middle of a merge, which may have broken off for good: who takes the faces over gets vectors of their own.

        PersonState next = Copy(map);
        bool changed = false;
        foreach (MadeVector made in vectors)
        {
            changed |= Fill(next, contract, made.FaceId, Vectors.ToBytes(Vectors.ToUnit(made.Vector, map.Other.Dimension)));
        }

        if (changed)
        {
            next.Revision = NextRevision();
            await SaveAsync(next);
        }

        bool told = await MakeSearchableAsync(Entry(row.State), cancellationToken);
        Leave();
        return told;
    }

    /// <inheritdoc/>
    public async Task TidyAsync(int contractRevision, CancellationToken cancellationToken)
    {
        GalleryMap map = await MapAsync(cancellationToken);
        map = map.ContractRevision >= contractRevision ? map : await maps.GetAsync(_key.Gallery, fresh: true, cancellationToken);
        if (Exists(map))
        {
            await ArrangeAsync(map);
        }

        Leave();
    }

    // The same id is the same picture, so what is remembered of somebody who was merged gets the vector as well.
    private static bool Fill(PersonState state, string contract, string face, byte[] vector)
    {
        int index = state.Faces.FindIndex(known => known.Id == face && known.Vector.Length > 0 && known.OtherVector is null);
        bool changed = index >= 0;
        if (changed)
        {
            state.Faces[index] = state.Faces[index].WithVectors(state.Faces[index].Vector, vector);
            state.OtherContract = contract;
        }

        for (int i = 0; i < state.Merged?.Count; i++)
        {
            PersonState remembered = state.Merged[i].State.Copy();
            if (Fill(remembered, contract, face, vector))
            {
                state.Merged = [.. state.Merged];
                state.Merged[i] = state.Merged[i].With(remembered);
                changed = true;
            }
        }

        return changed;
    }

    /// <summary>Erases vectors that the gallery does not hold any more. The revision stays: what shards know of the person does not change.</summary>
    private async Task ArrangeAsync(GalleryMap map)
    {
        if (!row.State.HoldsOnly(map))
        {
            PersonState next = Copy(map);
            await SaveAsync(next);
        }
    }
}
