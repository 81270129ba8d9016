using FaceGrid.Abstractions.Embedding;
using FaceGrid.Abstractions.People;

namespace FaceGrid.Grains.Storage;

/// <summary>
/// The row of a person: the only durable copy of their templates. Field ids are never reused; a golden test holds the bytes. Members that
/// are null are not written, so that they take no room.
/// </summary>
[GenerateSerializer]
[OmitDefaultMemberValues]
[Alias("fg.person-state")]
public sealed class PersonState
{
    /// <summary>
    /// Grows with every change and never repeats, also over deletion: microseconds since 1970 or one more than the last, whichever is
    /// larger.
    /// </summary>
    [Id(0)]
    public long Revision { get; set; }

    /// <summary>The life of the gallery to which this row belongs. A row of another life counts as no row.</summary>
    [Id(1)]
    public Guid Epoch { get; set; }

    /// <summary>Display name, or null.</summary>
    [Id(2)]
    public string? Name { get; set; }

    /// <summary>Labels.</summary>
    [Id(3)]
    public Dictionary<string, string> Labels { get; set; } = [];

    /// <summary>Contract of <see cref="FaceState.Vector"/>, or null while there is no face.</summary>
    [Id(4)]
    public string? Contract { get; set; }

    /// <summary>Faces in order of enrolment.</summary>
    [Id(5)]
    public List<FaceState> Faces { get; set; } = [];

    /// <summary>People declared not to be this one, or null for none.</summary>
    [Id(20)]
    public List<string>? DifferentFrom { get; set; }

    /// <summary>People who were merged into this one, or null for none.</summary>
    [Id(21)]
    public List<MergedPerson>? Merged { get; set; }

    /// <summary>The person into whom this one is being merged, or null. While it is set the row takes no other change.</summary>
    [Id(22)]
    public string? MergingInto { get; set; }

    /// <summary>Names the last merge of this person into another; empty for none.</summary>
    [Id(23)]
    public Guid MergeToken { get; set; }

    /// <summary>Id of the person from whom this one was split off, when the last merge was undone; else null.</summary>
    [Id(24)]
    public string? UnmergedFrom { get; set; }

    /// <summary>A second contract, whose vectors the row holds as well, or null.</summary>
    [Id(40)]
    public string? OtherContract { get; set; }

    /// <summary>Stands for a row that cannot be read. Never changed, never written.</summary>
    internal static PersonState Unreadable { get; } = new();

    /// <summary>True for <see cref="Unreadable"/>.</summary>
    internal bool IsDamaged => ReferenceEquals(this, Unreadable);

    /// <summary>A copy whose lists may be changed; the faces and memories in them are shared.</summary>
    internal PersonState Copy()
    {
        var copy = (PersonState)MemberwiseClone();
        copy.Labels = new Dictionary<string, string>(Labels, StringComparer.Ordinal);
        copy.Faces = [.. Faces];
        return copy;
    }
}

/// <summary>One face in a person's row.</summary>
[GenerateSerializer]
[OmitDefaultMemberValues]
[Alias("fg.face-state")]
public sealed class FaceState
{
    /// <summary>32 lower-case hex digits.</summary>
    [Id(0)]
    public string Id { get; set; } = "";

    /// <summary>UTC.</summary>
    [Id(1)]
    public DateTimeOffset EnrolledAt { get; set; }

    /// <summary>Little-endian float32 of unit norm; empty for a face that has none under the row's contract.</summary>
    [Id(2)]
    public byte[] Vector { get; set; } = [];

    /// <summary>Measured quality; null for a face that came as an embedding, or before quality was kept.</summary>
    [Id(20)]
    public FaceQualityInfo? Quality { get; set; }

    /// <summary>The detector's confidence, 0 to 1; null as above.</summary>
    [Id(21)]
    public float? Confidence { get; set; }

    /// <summary>What the gallery's policy noticed at enrolment, or null for nothing.</summary>
    [Id(22)]
    public FaceReview? Review { get; set; }

    /// <summary>The vector under <see cref="PersonState.OtherContract"/>, or null.</summary>
    [Id(40)]
    public byte[]? OtherVector { get; set; }

    /// <summary>True when a cut-out is kept, in a row of its own.</summary>
    [Id(41)]
    public bool HasCrop { get; set; }

    /// <summary>A copy.</summary>
    internal FaceState Copy() => (FaceState)MemberwiseClone();

    /// <summary>A copy with these vectors.</summary>
    internal FaceState WithVectors(byte[] vector, byte[]? other)
    {
        FaceState copy = Copy();
        (copy.Vector, copy.OtherVector) = (vector, other);
        return copy;
    }

    /// <summary>A copy that is not in quarantine any more.</summary>
    internal FaceState Released()
    {
        FaceState copy = Copy();
        copy.Review = Review! with { Quarantined = false };
        return copy;
    }

    /// <summary>True until an operator releases the face.</summary>
    internal bool IsQuarantined => Review is { Quarantined: true };

    /// <summary>True when the row has no vector of the face at all: in the memory of a merged person, a face that moved.</summary>
    internal bool IsBare => Vector.Length == 0 && OtherVector is null;

    /// <summary>True for a face that is searched under the row's contract: not in quarantine, and with a vector.</summary>
    internal bool IsSearched => !IsQuarantined && Vector.Length > 0;

    /// <summary>The face as callers see it.</summary>
    internal FaceInfo Info(bool vector) => new(Id, EnrolledAt, vector && Vector.Length > 0 ? Vector : null) { Review = Review };
}
