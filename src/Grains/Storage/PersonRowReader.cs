using FaceGrid.Abstractions.People;
using FaceGrid.Grains.Shards;
using FaceGrid.Storage;

namespace FaceGrid.Grains.Storage;

/// <summary>
/// Reads the payload of a person's row outside their grain: for shards, lists and exports. A damaged row concerns one person and must not
/// stop the others: it is counted and logged, and the callers go on.
/// </summary>
/// <param name="reader">Reads rows that may be damaged.</param>
public sealed class PersonRowReader(RowReader<PersonState> reader)
{
    /// <summary>Reads a row.</summary>
    /// <param name="row">A row of <see cref="StateNames.Person"/>.</param>
    /// <returns>The state, or null for a row without payload and for a damaged one.</returns>
    public PersonState? State(GrainRow row) => TryRead(row, out (PersonEntry Entry, PersonState State)? read) ? read?.State : null;

    /// <summary>Reads a row, and makes of it what a shard needs.</summary>
    /// <param name="row">A row of <see cref="StateNames.Person"/>.</param>
    /// <param name="read">Both; null for a row without payload and for a damaged one.</param>
    /// <returns>False for a damaged row.</returns>
    public bool TryRead(GrainRow row, out (PersonEntry Entry, PersonState State)? read)
    {
        read = null;
        if (row.Payload.Length == 0)
        {
            return true;
        }

        // The log does not name people. The list of people does, for callers who may read it.
        (string gallery, _, string person) = PersonKey.Parse(row.Key);
        return reader.TryRead(
            row, state => ((PersonEntry, PersonState)?)(Entry(person, state), state), out read, $"of a person of gallery '{gallery}'");
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
