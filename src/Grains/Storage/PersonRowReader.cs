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
    public PersonEntry? Entry(GrainRow row) => Read(row)?.Entry;

    /// <summary>Reads a row both ways.</summary>
    /// <param name="row">A row of <see cref="StateNames.Person"/>.</param>
    /// <returns>The entry and what it was made from, or null for a row without payload.</returns>
    public (PersonEntry Entry, PersonState State)? Read(GrainRow row)
    {
        if (row.Payload.Length == 0)
        {
            return null;
        }

        PersonState state = State(row);
        return (Entry(PersonKey.Parse(row.Key).Person, state), state);
    }

    /// <summary>The entry of a state: without the faces in quarantine.</summary>
    /// <param name="person">Person id.</param>
    /// <param name="state">The row's content.</param>
    /// <returns>The entry.</returns>
    public static PersonEntry Entry(string person, PersonState state)
    {
        TemplateSet main = SetOf(state, state.Contract), other = SetOf(state, state.OtherContract);
        return new PersonEntry(person, state.Revision, state.Epoch, main.FaceIds, main.Vectors, Deleted: false)
        {
            Contract = state.Contract,
            Other = state.OtherContract is null ? null : other,
        };
    }

    /// <summary>A person as callers see them.</summary>
    /// <param name="person">Person id.</param>
    /// <param name="state">The row's content.</param>
    /// <param name="vectors">True to include the templates of the row's contract.</param>
    /// <returns>The person.</returns>
    public static PersonInfo Info(string person, PersonState state, bool vectors) => new(
        person,
        state.Name,
        state.Labels,
        state.Revision,
        state.Contract,
        [.. state.Faces.Select(face => face.Info(vectors))])
    {
        DifferentFrom = state.DifferentFrom?.ToArray(),
        Merged = state.Merged?.Select(merged => merged.Person).ToArray(),
        MergingInto = state.MergingInto,
    };

    private static TemplateSet SetOf(PersonState state, string? contract)
    {
        (string Id, byte[] Vector)[] searched = [.. state.Faces
            .Where(face => !face.IsQuarantined)
            .Select(face => (face.Id, Vector: state.VectorOf(face, contract)))
            .Where(face => face.Vector is not null)
            .Select(face => (face.Id, face.Vector!))];
        byte[] vectors = new byte[searched.Sum(face => face.Vector.Length)];
        int at = 0;
        foreach ((_, byte[] vector) in searched)
        {
            vector.CopyTo(vectors, at);
            at += vector.Length;
        }

        return new TemplateSet(contract ?? "", [.. searched.Select(face => face.Id)], vectors);
    }
}
