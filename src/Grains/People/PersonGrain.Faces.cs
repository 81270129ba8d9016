using FaceGrid.Grains.Storage;

namespace FaceGrid.Grains.People;

// Which faces a write adds, and which one gives its place to a new one.
public sealed partial class PersonGrain
{
    /// <summary>The faces of a write that the person does not have yet.</summary>
    private List<FaceState> NewFaces(PersonState now, PersonWrite write, GalleryMap map)
    {
        var added = new List<FaceState>();
        foreach (NewFace face in write.Faces)
        {
            float[] unit = ToUnit(face.Vector, face.Contract, map.Contract!);
            if (now.Faces.Exists(known => known.Id == face.Id) || added.Exists(known => known.Id == face.Id))
            {
                continue;
            }

            added.Add(new FaceState
            {
                Id = face.Id,
                EnrolledAt = face.EnrolledAt ?? time.GetUtcNow(),
                Vector = Vectors.ToBytes(unit),
                Quality = face.Quality,
                Confidence = face.Confidence,
            });
        }

        // Faces of one write never replace each other: a retry would bring the replaced ones back.
        int max = map.Enrolment?.FacesMax is > 0 and var replacing ? replacing : options.Value.PersonFacesMax - now.Faces.Count;
        return added.Count <= max ? added : throw TooManyFaces();
    }

    /// <summary>Adds the faces. Where the gallery's limit is reached, each takes the place of the least useful one that was there before.</summary>
    private void Add(PersonState next, List<FaceState> added, GalleryMap map)
    {
        int facesMax = map.Enrolment?.FacesMax is > 0 and var limit ? limit : int.MaxValue;
        foreach (FaceState face in added)
        {
            FaceState[] others = [.. next.Faces.Where(known => known.IsSearched)];
            next.Faces.Add(face);
            next.Contract = map.Contract!.Id;
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
