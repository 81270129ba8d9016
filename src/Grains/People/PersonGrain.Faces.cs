using FaceGrid.Abstractions.Embedding;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Galleries;
using FaceGrid.Abstractions.People;
using FaceGrid.Grains.Storage;

namespace FaceGrid.Grains.People;

// Which faces a write adds, and which one gives its place to a new one.
public sealed partial class PersonGrain
{
    /// <summary>True when the gallery, as this silo knows it, holds every contract that the face names.</summary>
    private static bool Knows(GalleryMap map, NewFace face)
    {
        return Holds(face.Contract) && Holds(face.OtherContract);

        bool Holds(string? contract) => contract is null || contract == map.Contract?.Id || contract == map.Other?.Id;
    }

    /// <summary>The faces of a write that the person does not have yet. Faces that the person has get what they lack.</summary>
    private List<FaceState> NewFaces(PersonState now, PersonWrite write, GalleryMap map, out bool mended)
    {
        var added = new List<FaceState>();
        mended = false;
        foreach (NewFace face in write.Faces)
        {
            (byte[] vector, byte[]? other) = VectorsOf(face, map);
            bool crop = face.Crop is not null && map.Enrolment?.Crops == true;
            if (now.Faces.FindIndex(known => known.Id == face.Id) is var index and >= 0)
            {
                FaceState known = now.Faces[index];
                if (known.Vector.Length == 0 || (known.OtherVector is null && other is not null) || (!known.HasCrop && crop))
                {
                    FaceState whole = known.WithVectors(known.Vector.Length == 0 ? vector : known.Vector, known.OtherVector ?? other);
                    whole.HasCrop |= crop;
                    now.Faces[index] = whole;
                    (now.Contract, now.OtherContract) = (map.Contract!.Id, map.Other?.Id);
                    mended = true;
                }

                continue;
            }

            if (added.Exists(known => known.Id == face.Id))
            {
                continue;
            }

            added.Add(new FaceState
            {
                Id = face.Id,
                EnrolledAt = face.EnrolledAt ?? time.GetUtcNow(),
                Vector = vector,
                OtherVector = other,
                HasCrop = crop,
                Quality = face.Quality,
                Confidence = face.Confidence,
            });
        }

        // Faces of one write never replace each other: a retry would bring the replaced ones back.
        int max = map.Enrolment?.FacesMax is > 0 and var replacing ? replacing : options.Value.PersonFacesMax - now.Faces.Count;
        return added.Count <= max ? added : throw TooManyFaces();
    }

    /// <summary>The face's vector under the contract that is searched, and the one under the other contract, if the gallery holds one and the face brings it.</summary>
    private static (byte[] Vector, byte[]? Other) VectorsOf(NewFace face, GalleryMap map)
    {
        bool swapped = face.OtherVector is not null && face.OtherContract == map.Contract!.Id;
        (byte[] main, string? mainContract) = swapped ? (face.OtherVector!, face.OtherContract) : (face.Vector, face.Contract);
        (byte[]? other, string? otherContract) = swapped ? (face.Vector, face.Contract) : (face.OtherVector, face.OtherContract);
        bool held = map.Other is not null && otherContract == map.Other.Id;
        return (Vectors.ToBytes(ToUnit(main, mainContract, map)), held && other is not null ? Vectors.ToBytes(Vectors.ToUnit(other, map.Other!.Dimension)) : null);
    }

    /// <summary>False when one of the faces is durable, but has no vector under the contract that the shard was told to search: the gallery moved to another model while the face was on its way.</summary>
    private bool IsFoundBy(NewFace[] faces) => _told is not { } map || Array.TrueForAll(
        faces, face => row.State.Faces.Find(known => known.Id == face.Id) is not { } known || row.State.VectorOf(known, map.Contract?.Id) is not null);

    /// <summary>Adds the faces. Where the gallery's limit is reached, each takes the place of the least useful one that was there before.</summary>
    private void Add(PersonState next, List<FaceState> added, GalleryMap map)
    {
        int facesMax = map.Enrolment?.FacesMax is > 0 and var limit ? limit : int.MaxValue;
        foreach (FaceState face in added)
        {
            FaceState[] others = [.. next.Faces.Where(known => known.IsSearched)];
            next.Faces.Add(face);
            (next.Contract, next.OtherContract) = (map.Contract!.Id, face.OtherVector is null ? next.OtherContract : map.Other!.Id);
            if (face.IsSearched && others.Length >= facesMax)
            {
                FaceState least = Usefulness.Least([.. others.Except(added)], [face, .. others.Intersect(added)]);
                next.Faces.Remove(least);
                face.Review = (face.Review ?? FaceReview.Nothing) with { Replaced = least.Id };
            }
        }

        if (added.Count > 0 && next.Faces.Count > options.Value.PersonFacesMax)
        {
            throw TooManyFaces(); // Faces in quarantine take room as well.
        }
    }

    private FaceGridException TooManyFaces() => new(ErrorCodes.TooManyFaces, $"A person has at most {options.Value.PersonFacesMax} faces, those in quarantine included, and a gallery may set less.");
}
