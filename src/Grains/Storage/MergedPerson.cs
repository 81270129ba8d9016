namespace FaceGrid.Grains.Storage;

/// <summary>What a person's row remembers of another person who was merged into them: enough to undo it exactly.</summary>
[GenerateSerializer]
[Alias("fg.merged-person")]
[OmitDefaultMemberValues]
public sealed class MergedPerson
{
    /// <summary>Id of the person who disappeared.</summary>
    [Id(0)]
    public string Person { get; set; } = "";

    /// <summary>When, UTC.</summary>
    [Id(1)]
    public DateTimeOffset At { get; set; }

    /// <summary>
    /// Their row. A face without a vector moved: it is found among the faces of the person. A face with its vector is one that both had.
    /// </summary>
    [Id(2)]
    public PersonState State { get; set; } = new();

    /// <summary>True when the display name came from them.</summary>
    [Id(3)]
    public bool NameMoved { get; set; }

    /// <summary>Keys of the labels that came from them.</summary>
    [Id(4)]
    public List<string> LabelsMoved { get; set; } = [];

    /// <summary>People declared different because they were different from them.</summary>
    [Id(5)]
    public List<string> DifferentMoved { get; set; } = [];

    /// <summary>
    /// Position of the last event when their row was gone. Sightings under their id up to here mean them; later ones mean a person who was
    /// enrolled anew under it. Null where that was not noted.
    /// </summary>
    [Id(6)]
    public long? SeenUpTo { get; set; }

    /// <summary>A copy that says how far sightings mean them.</summary>
    internal MergedPerson SeenTo(long last)
    {
        var copy = (MergedPerson)MemberwiseClone();
        copy.SeenUpTo = last;
        return copy;
    }

    /// <summary>A copy with another row.</summary>
    internal MergedPerson With(PersonState state)
    {
        var copy = (MergedPerson)MemberwiseClone();
        copy.State = state;
        return copy;
    }
}
