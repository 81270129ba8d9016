using FaceGrid.Grains.Search;
using FaceGrid.Storage;
using Orleans.Serialization;

namespace FaceGrid.Grains.Storage;

/// <summary>Reads the payload of a person's row outside their grain: for shards, lists and exports.</summary>
/// <param name="serializer">The serializer that grain storage writes with.</param>
public sealed class PersonRowReader(Serializer<PersonState> serializer)
{
    /// <summary>Reads a row.</summary>
    /// <param name="row">A row of <see cref="StateNames.Person"/>.</param>
    /// <returns>The state.</returns>
    public PersonState State(GrainRow row) => serializer.Deserialize(row.Payload)!;

    /// <summary>Reads a row as a shard needs it.</summary>
    /// <param name="row">A row of <see cref="StateNames.Person"/>.</param>
    /// <returns>The entry, or null for a row without payload.</returns>
    public PersonEntry? Entry(GrainRow row)
    {
        if (row.Payload.Length == 0)
        {
            return null;
        }

        return Entry(PersonKey.Parse(row.Key).Person, State(row));
    }

    /// <summary>The entry of a state: without the faces in quarantine.</summary>
    /// <param name="person">Person id.</param>
    /// <param name="state">The row's content.</param>
    /// <returns>The entry.</returns>
    public static PersonEntry Entry(string person, PersonState state)
    {
        FaceState[] searched = [.. state.Faces.Where(face => face.IsSearched)];
        byte[] vectors = new byte[searched.Sum(face => face.Vector.Length)];
        int at = 0;
        foreach (FaceState face in searched)
        {
            face.Vector.CopyTo(vectors, at);
            at += face.Vector.Length;
        }

        return new PersonEntry(person, state.Revision, state.Epoch, [.. searched.Select(face => face.Id)], vectors, Deleted: false);
    }
}
