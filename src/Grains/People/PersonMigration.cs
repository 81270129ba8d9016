using FaceGrid.Abstractions.Embedding;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Galleries;
using FaceGrid.Grains.Storage;

namespace FaceGrid.Grains.People;

/// <summary>
/// A person's part in a gallery's migration to another model: vectors of the other model are added beside those that are searched. In the
/// end the vectors of one model are erased; <see cref="PersonRow.ArrangeAsync"/> does that.
/// </summary>
internal static class PersonMigration
{
    /// <summary>
    /// Adds vectors of the second contract to faces that lack one, also in what the row remembers of people who were merged: the same
    /// face id is the same picture.
    /// </summary>
    /// <param name="state">The row to change; its memories are copied.</param>
    /// <param name="contract">The second contract.</param>
    /// <param name="vectors">Made from the person's cut-outs.</param>
    /// <returns>True when something changed.</returns>
    /// <exception cref="FaceGridException">Wrong dimension, not finite, or zero norm.</exception>
    public static bool Fill(PersonState state, Contract contract, MadeVector[] vectors)
    {
        bool changed = false;
        foreach (MadeVector made in vectors)
        {
            changed |= Fill(state, contract.Id, made.FaceId, Vectors.ToBytes(Vectors.ToUnit(made.Vector, contract.Dimension)));
        }

        return changed;
    }

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
}
