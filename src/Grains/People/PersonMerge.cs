using FaceGrid.Grains.Storage;

namespace FaceGrid.Grains.People;

/// <summary>
/// Merging two people and its undo, as changes of rows. The row of the person who stays remembers the other one: their row, where the
/// vectors of faces that moved are left out because the faces of the row hold them, and which texts moved. Changes only the states that
/// it is given.
/// </summary>
internal static class PersonMerge
{
    /// <summary>
    /// Takes another person over: faces, labels, the name where there is none, and from whom they are declared different.
    /// </summary>
    /// <param name="next">The row of the person who stays.</param>
    /// <param name="person">Their id.</param>
    /// <param name="from">Id of the person who goes.</param>
    /// <param name="other">Row of the person who goes, arranged for the same contracts; left unchanged.</param>
    /// <param name="now">UTC.</param>
    public static void TakeOver(PersonState next, string person, string from, PersonState other, DateTimeOffset now)
    {
        var memory = new MergedPerson
        {
            Person = from,
            At = now,
            State = other.Copy(),
            NameMoved = next.Name is null && other.Name is not null,
        };
        memory.State.MergingInto = null;
        memory.State.Faces = [.. other.Faces.Select(face => Has(next, face) ? face : face.WithVectors([], null))];
        next.Faces.AddRange(other.Faces.Where(face => !Has(next, face)).ToArray());
        next.Contract ??= other.Contract;
        next.OtherContract ??= other.OtherContract;
        next.Name ??= other.Name;
        foreach ((string key, string value) in other.Labels)
        {
            if (next.Labels.Count < PersonText.LabelsMax && next.Labels.TryAdd(key, value))
            {
                memory.LabelsMoved.Add(key);
            }
        }

        memory.DifferentMoved = [.. (other.DifferentFrom ?? []).Except(next.DifferentFrom ?? []).Where(one => one != person)];
        next.DifferentFrom = NullIfEmpty([.. next.DifferentFrom ?? [], .. memory.DifferentMoved]);
        next.Merged = [.. next.Merged ?? [], memory];
    }

    /// <summary>Gives back what came from another person, and forgets them. What was changed since stays.</summary>
    /// <param name="next">The row of the person who stayed.</param>
    /// <param name="memory">One of its memories, or the same one of an earlier copy of the row.</param>
    public static void GiveBack(PersonState next, MergedPerson memory)
    {
        next.Faces.RemoveAll(face => memory.State.Faces.Exists(moved => moved.Id == face.Id && moved.IsBare));
        next.Name = memory.NameMoved && next.Name == memory.State.Name ? null : next.Name;
        foreach (string key in memory.LabelsMoved)
        {
            if (next.Labels.TryGetValue(key, out string? value) && value == memory.State.Labels[key])
            {
                next.Labels.Remove(key);
            }
        }

        next.DifferentFrom = NullIfEmpty([.. (next.DifferentFrom ?? []).Except(memory.DifferentMoved)]);
        // By what names it: a copy that was arranged for other contracts holds copies of the memories.
        next.Merged = NullIfEmpty([.. next.Merged!.Where(merged => !IsOf(merged, memory.State.MergeToken, memory.Person))]);
    }

    /// <summary>
    /// What the row remembers of the last merge of a person, as a row of their own again: without faces that were removed since.
    /// </summary>
    /// <param name="keeper">The row of the person who stayed.</param>
    /// <param name="from">Id of the person who went.</param>
    /// <returns>Their row, or null when they were not merged into this person.</returns>
    public static PersonState? Recall(PersonState keeper, string from)
    {
        if (keeper.Merged?.FindLast(merged => merged.Person == from) is not { } memory)
        {
            return null;
        }

        PersonState state = memory.State.Copy();
        (state.Contract, state.OtherContract) = (keeper.Contract, keeper.OtherContract);
        state.Faces = [.. state.Faces.Select(face => WithVectors(face, keeper)).OfType<FaceState>()];
        return state;
    }

    /// <summary>
    /// The memory of an undo that broke off between its two rows: the other person has all their faces again, and this row still holds
    /// them.
    /// </summary>
    /// <param name="keeper">The row of the person who stayed.</param>
    /// <param name="from">Id of the person who went.</param>
    /// <param name="other">Their present row.</param>
    /// <returns>The memory to give back first, or null.</returns>
    public static MergedPerson? Unfinished(PersonState keeper, string from, PersonState other) => keeper.Merged?.FindLast(
        merged => merged.Person == from && merged.State.Faces.TrueForAll(moved => Has(other, moved)));

    /// <summary>The memory of one merge.</summary>
    /// <param name="state">The row of the person who stayed.</param>
    /// <param name="token">Names the merge.</param>
    /// <param name="from">Id of the person who went, or null for any.</param>
    public static MergedPerson? Find(PersonState state, Guid token, string? from = null) =>
        state.Merged?.Find(merged => IsOf(merged, token, from));

    /// <summary>Notes how far sightings under the other's id mean them, once.</summary>
    /// <param name="state">The row to change.</param>
    /// <param name="token">Names the merge.</param>
    /// <param name="last">Position of the last event.</param>
    public static void Settle(PersonState state, Guid token, long last) => state.Merged =
        state.Merged?.ConvertAll(merged => merged.State.MergeToken == token && merged.SeenUpTo is null ? merged.SeenTo(last) : merged);

    /// <summary>Everybody who was merged into a person, and into those in turn.</summary>
    /// <param name="state">The person's row.</param>
    public static IEnumerable<MergedPerson> Everybody(PersonState state) =>
        (state.Merged ?? []).SelectMany(merged => Everybody(merged.State).Prepend(merged));

    /// <summary>Takes a face out of what the row remembers of others as well: removed means gone.</summary>
    /// <param name="next">The row to change; its memories are copied.</param>
    /// <param name="faceId">Face id.</param>
    public static void ForgetFace(PersonState next, string faceId)
    {
        next.Merged = next.Merged?.ConvertAll(merged => merged.With(merged.State.Copy()));
        foreach (MergedPerson merged in next.Merged ?? [])
        {
            merged.State.Faces.RemoveAll(face => face.Id == faceId);
            ForgetFace(merged.State, faceId);
        }
    }

    private static bool IsOf(MergedPerson merged, Guid token, string? from) =>
        merged.State.MergeToken == token && (from is null || merged.Person == from);

    private static bool Has(PersonState state, FaceState face) => state.Faces.Exists(known => known.Id == face.Id);

    // A bare face moved. Where the keeper does not have it any more, it was removed since.
    private static FaceState? WithVectors(FaceState face, PersonState keeper) =>
        !face.IsBare ? face
        : keeper.Faces.Find(known => known.Id == face.Id) is { } kept ? face.WithVectors(kept.Vector, kept.OtherVector)
        : null;

    // The row says "none" by null, and then takes no room for it.
    private static List<T>? NullIfEmpty<T>(List<T> list) => list.Count == 0 ? null : list;
}
