using FaceGrid.Abstractions.Embedding;

namespace FaceGrid.Abstractions.People;

/// <summary>A face to enrol.</summary>
/// <param name="Id">32 lower-case hex digits that identify the source bytes; the same id twice is one face.</param>
/// <param name="Vector">
/// Little-endian float32, any length above zero norm; the person grain checks dimension, finiteness and norm, and normalises.
/// </param>
/// <param name="Contract">Contract the vector was made under, or null when the caller vouches for the gallery's own.</param>
/// <param name="EnrolledAt">Time of enrolment to keep (imports), or null for now.</param>
[GenerateSerializer, Immutable]
[Alias("fg.new-face")]
public sealed record NewFace(
    [property: Id(0)] string Id,
    [property: Id(1)] byte[] Vector,
    [property: Id(2)] string? Contract,
    [property: Id(3)] DateTimeOffset? EnrolledAt)
{
    /// <summary>Measured quality, for faces of pictures; null for embeddings.</summary>
    [Id(20)]
    public FaceQualityInfo? Quality { get; init; }

    /// <summary>The detector's confidence, 0 to 1, for faces of pictures.</summary>
    [Id(21)]
    public float? Confidence { get; init; }

    /// <summary>
    /// The face's vector under a second contract, as <see cref="Vector"/>; null for none. Kept where the gallery holds that contract as
    /// well.
    /// </summary>
    [Id(40)]
    public byte[]? OtherVector { get; init; }

    /// <summary>Contract of <see cref="OtherVector"/>.</summary>
    [Id(41)]
    public string? OtherContract { get; init; }

    /// <summary>The aligned cut-out, for faces of pictures; kept where the gallery's policy says so.</summary>
    [Id(42)]
    public FaceCrop? Crop { get; init; }
}

/// <summary>A change of a person. Members that are null stay as they are.</summary>
/// <param name="Name">New display name.</param>
/// <param name="Labels">New labels, replacing the old.</param>
/// <param name="Faces">Faces to add; ids that are enrolled already only get vectors and cut-outs that they lack.</param>
/// <param name="Bulk">True for bulk loads: the activation leaves memory when the write is done.</param>
/// <param name="RowVersion">The state that the caller knows (<see cref="IPersonGrain.GetRowVersionAsync"/>), or null for any.</param>
[GenerateSerializer, Immutable]
[Alias("fg.person-write")]
public sealed record PersonWrite(
    [property: Id(0)] string? Name,
    [property: Id(1)] Dictionary<string, string>? Labels,
    [property: Id(2)] NewFace[] Faces,
    [property: Id(3)] bool Bulk,
    [property: Id(4)] long? RowVersion = null)
{
    /// <summary>True to enrol whatever the gallery's policy says about quality, duplicates and consistency.</summary>
    [Id(20)]
    public bool Force { get; init; }
}

/// <summary>What a write did.</summary>
/// <param name="Person">The person after the write, without vectors.</param>
/// <param name="Created">True when the person did not exist before.</param>
/// <param name="Searchable">
/// True when identify finds the new state from now on; false when the row is durable but its shard was not reachable (the grid finishes by
/// itself).
/// </param>
[GenerateSerializer, Immutable]
[Alias("fg.write-result")]
public sealed record WriteResult(
    [property: Id(0)] PersonInfo Person,
    [property: Id(1)] bool Created,
    [property: Id(2)] bool Searchable);
