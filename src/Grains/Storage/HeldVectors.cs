using FaceGrid.Abstractions.Galleries;

namespace FaceGrid.Grains.Storage;

/// <summary>
/// Which vectors of a person's row belong to which contract. A row names the contracts of its vectors and a reader names the contract
/// that it wants, so no reader takes a vector for one of another contract, however old the row is.
/// </summary>
internal static class HeldVectors
{
    /// <summary>The vector of a face under a contract.</summary>
    /// <param name="state">The row.</param>
    /// <param name="face">One of its faces.</param>
    /// <param name="contract">Contract id.</param>
    /// <returns>The vector, or null when the face has none under it.</returns>
    public static byte[]? VectorOf(this PersonState state, FaceState face, string? contract) =>
        contract is null ? null
        : state.Contract == contract ? (face.Vector.Length > 0 ? face.Vector : null)
        : state.OtherContract == contract ? face.OtherVector
        : null;

    /// <summary>True when every contract that the row holds is one of the gallery.</summary>
    /// <param name="state">The row.</param>
    /// <param name="map">The gallery.</param>
    public static bool HoldsOnly(this PersonState state, GalleryMap map) =>
        (state.Contract is null || state.Contract == map.Contract?.Id || state.Contract == map.Other?.Id)
        && (state.OtherContract is null || state.OtherContract == map.Contract?.Id || state.OtherContract == map.Other?.Id)
        && (state.Merged is null || state.Merged.TrueForAll(merged => merged.State.HoldsOnly(map)));

    /// <summary>The row with the gallery's searched contract first and the other one second, and nothing of any third.</summary>
    /// <param name="state">The row; left unchanged.</param>
    /// <param name="map">The gallery.</param>
    /// <returns>The row itself where it is so already.</returns>
    public static PersonState ArrangedFor(this PersonState state, GalleryMap map)
    {
        string? main = map.Contract?.Id, other = map.Other?.Id;
        bool nested = state.Merged?.Exists(merged => !ReferenceEquals(merged.State.ArrangedFor(map), merged.State)) == true;
        bool same = (state.Contract is null || state.Contract == main) && (state.OtherContract is null || state.OtherContract == other);
        if (same && !nested)
        {
            return state;
        }

        PersonState arranged = state.Copy();
        (arranged.Contract, arranged.OtherContract) = (main, other);
        arranged.Faces = state.Faces.ConvertAll(face => face.WithVectors(state.VectorOf(face, main) ?? [], state.VectorOf(face, other)));
        arranged.Merged = state.Merged?.ConvertAll(merged => merged.With(merged.State.ArrangedFor(map)));
        return arranged;
    }
}
