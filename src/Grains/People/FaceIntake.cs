using FaceGrid.Abstractions.Embedding;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Galleries;
using FaceGrid.Abstractions.People;
using FaceGrid.Grains.Storage;

namespace FaceGrid.Grains.People;

/// <summary>
/// Which faces a write adds to a person, and which face gives its place to a new one. Changes only the states that it is given.
/// </summary>
/// <param name="facesMax">Faces that one person may have on this node.</param>
/// <param name="time">Clock: when a face was enrolled, where the write does not say.</param>
internal sealed class FaceIntake(int facesMax, TimeProvider time)
{
    /// <summary>The contract of the first faces of a gallery. They are checked first: what is refused must not bind the gallery.</summary>
    /// <param name="faces">At least one.</param>
    /// <exception cref="FaceGridException">Not finite, zero norm, wrong dimension, or made under different contracts.</exception>
    public static Contract ContractOf(NewFace[] faces)
    {
        var wanted = new Contract(faces[0].Contract ?? "", faces[0].Vector.Length / sizeof(float));
        foreach (NewFace face in faces)
        {
            Vectors.ToUnit(face.Vector, wanted.Dimension);
            if ((face.Contract ?? "") != wanted.Id)
            {
                throw new FaceGridException(ErrorCodes.ContractMismatch, "The faces were made under different contracts.");
            }
        }

        return wanted;
    }

    /// <summary>True when the gallery, as this map shows it, holds every contract that the face names.</summary>
    /// <param name="map">The gallery.</param>
    /// <param name="face">A face to enrol.</param>
    public static bool Knows(GalleryMap map, NewFace face)
    {
        return Holds(face.Contract) && Holds(face.OtherContract);

        bool Holds(string? contract) => contract is null || contract == map.Contract?.Id || contract == map.Other?.Id;
    }

    /// <summary>A vector of unit norm under the contract that the gallery searches.</summary>
    /// <param name="vector">Little-endian float32.</param>
    /// <param name="contract">The contract that it was made under, or null where the caller vouches for the gallery's own.</param>
    /// <param name="map">The gallery, bound to a contract.</param>
    /// <exception cref="FaceGridException">Contract mismatch, wrong dimension, not finite, or zero norm.</exception>
    public static float[] ToUnit(byte[] vector, string? contract, GalleryMap map)
    {
        Contract bound = map.Contract!;
        return bound.RefusalOf(contract, map.NamesNeeded) is { } refusal
            ? throw new FaceGridException(ErrorCodes.ContractMismatch, refusal)
            : Vectors.ToUnit(vector, bound.Dimension);
    }

    /// <summary>
    /// Finds the faces that the person does not have yet. Faces that the person has get the vectors and the cut-out that they lack.
    /// </summary>
    /// <param name="now">The person; faces are mended in place.</param>
    /// <param name="faces">Faces of the write.</param>
    /// <param name="map">The gallery, bound to a contract.</param>
    /// <param name="mended">True when a face got something that it lacked.</param>
    /// <returns>The new faces, without repetitions.</returns>
    /// <exception cref="FaceGridException">A vector is refused, or <see cref="ErrorCodes.TooManyFaces"/>.</exception>
    public List<FaceState> Take(PersonState now, NewFace[] faces, GalleryMap map, out bool mended)
    {
        var added = new List<FaceState>();
        mended = false;
        foreach (NewFace face in faces)
        {
            FaceState made = Make(face, map);
            if (now.Faces.FindIndex(known => known.Id == face.Id) is var index and >= 0)
            {
                mended |= Mend(now, index, made, map);
            }
            else if (!added.Exists(known => known.Id == face.Id))
            {
                added.Add(made);
            }
        }

        // Faces of one write never replace each other: a retry would bring the replaced ones back.
        int max = map.Enrolment?.FacesMax is > 0 and var replacing ? replacing : facesMax - now.Faces.Count;
        return added.Count <= max ? added : throw TooManyFaces();
    }

    /// <summary>
    /// Adds faces. Where the gallery's limit is reached, each takes the place of the least useful face that was there before.
    /// </summary>
    /// <param name="next">The person to change.</param>
    /// <param name="added">The new faces, as <see cref="Take"/> found them; a face that replaces another says so in its review.</param>
    /// <param name="map">The gallery, bound to a contract.</param>
    /// <exception cref="FaceGridException"><see cref="ErrorCodes.TooManyFaces"/>.</exception>
    public void Add(PersonState next, List<FaceState> added, GalleryMap map)
    {
        int searchedMax = map.Enrolment?.FacesMax is > 0 and var limit ? limit : int.MaxValue;
        foreach (FaceState face in added)
        {
            FaceState[] others = [.. next.Faces.Where(known => known.IsSearched)];
            next.Faces.Add(face);
            (next.Contract, next.OtherContract) = (map.Contract!.Id, face.OtherVector is null ? next.OtherContract : map.Other!.Id);
            if (face.IsSearched && others.Length >= searchedMax)
            {
                FaceState least = Usefulness.Least([.. others.Except(added)], [face, .. others.Intersect(added)]);
                next.Faces.Remove(least);
                face.Review = (face.Review ?? FaceReview.Nothing) with { Replaced = least.Id };
            }
        }

        if (added.Count > 0)
        {
            CheckCount(next); // Faces in quarantine take room as well.
        }
    }

    /// <summary>Checks how many faces a person has.</summary>
    /// <param name="state">The person.</param>
    /// <exception cref="FaceGridException"><see cref="ErrorCodes.TooManyFaces"/>.</exception>
    public void CheckCount(PersonState state)
    {
        if (state.Faces.Count > facesMax)
        {
            throw TooManyFaces();
        }
    }

    private FaceState Make(NewFace face, GalleryMap map)
    {
        (byte[] vector, byte[]? other) = VectorsOf(face, map);
        return new FaceState
        {
            Id = face.Id,
            EnrolledAt = face.EnrolledAt ?? time.GetUtcNow(),
            Vector = vector,
            OtherVector = other,
            HasCrop = face.Crop is not null && map.Enrolment?.Crops == true,
            Quality = face.Quality,
            Confidence = face.Confidence,
        };
    }

    private static bool Mend(PersonState now, int index, FaceState made, GalleryMap map)
    {
        FaceState known = now.Faces[index];
        bool lacks = known.Vector.Length == 0
            || (known.OtherVector is null && made.OtherVector is not null)
            || (!known.HasCrop && made.HasCrop);
        if (lacks)
        {
            FaceState whole = known.WithVectors(
                known.Vector.Length == 0 ? made.Vector : known.Vector, known.OtherVector ?? made.OtherVector);
            whole.HasCrop |= made.HasCrop;
            now.Faces[index] = whole;
            (now.Contract, now.OtherContract) = (map.Contract!.Id, map.Other?.Id);
        }

        return lacks;
    }

    /// <summary>
    /// The face's vector under the contract that is searched, and the one under the gallery's other contract, where the face brings it.
    /// </summary>
    private static (byte[] Vector, byte[]? Other) VectorsOf(NewFace face, GalleryMap map)
    {
        bool swapped = face.OtherVector is not null && face.OtherContract == map.Contract!.Id;
        (byte[] main, string? mainContract) = swapped ? (face.OtherVector!, face.OtherContract) : (face.Vector, face.Contract);
        (byte[]? other, string? otherContract) = swapped ? (face.Vector, face.Contract) : (face.OtherVector, face.OtherContract);
        bool held = map.Other is not null && otherContract == map.Other.Id;
        return (
            Vectors.ToBytes(ToUnit(main, mainContract, map)),
            held && other is not null ? Vectors.ToBytes(Vectors.ToUnit(other, map.Other!.Dimension)) : null);
    }

    private FaceGridException TooManyFaces() => new(
        ErrorCodes.TooManyFaces, $"A person has at most {facesMax} faces, those in quarantine included, and a gallery may set less.");
}
