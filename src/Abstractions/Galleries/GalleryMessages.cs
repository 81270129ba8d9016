using FaceGrid.Abstractions.People;
using FaceGrid.Abstractions.Policies;

namespace FaceGrid.Abstractions.Galleries;

/// <summary>What makes two vectors comparable.</summary>
/// <param name="Id">Stable id: model digest, dimension, alignment, preprocessing and normalisation in one.</param>
/// <param name="Dimension">Floats per vector, 32 to 2,048.</param>
[GenerateSerializer, Immutable]
[Alias("fg.contract")]
public sealed record Contract(
    [property: Id(0)] string Id,
    [property: Id(1)] int Dimension)
{
    // An embedder's contract is its profile's id, @ and 64 bits of a digest.
    private const int DigestDigits = 16;

    /// <summary>
    /// Id of the embedder profile that makes such vectors; null where the contract was named by a caller and not by an embedder.
    /// </summary>
    public string? Profile() =>
        Id.Split('@') is [{ Length: > 0 } profile, { Length: DigestDigits } digest] && digest.All(char.IsAsciiHexDigitLower)
            ? profile
            : null;

    /// <summary>Says why a vector of another contract is refused here, and what to do.</summary>
    /// <param name="other">The contract it was made under.</param>
    /// <returns>Sentences for people.</returns>
    public string Refusal(string other) => $"The vector was made under contract '{other}', the gallery holds '{Id}'."
        + (Profile() is { } profile
            ? $" To go on with this gallery, run the embedders with FaceGrid__Vision__Embedder={profile}; "
                + "otherwise enrol into a new gallery."
            : "");

    /// <summary>Says why a vector cannot be taken under this contract.</summary>
    /// <param name="named">The contract that came with it, or null for none.</param>
    /// <param name="namesNeeded">True where a vector must name its contract: <see cref="GalleryMap.NamesNeeded"/>.</param>
    /// <returns>Sentences for people, or null when it can.</returns>
    public string? RefusalOf(string? named, bool namesNeeded) => named is null
        ? namesNeeded
            ? "This gallery has migrated from one model to another, so a vector must say under which contract it was made; "
                + $"the gallery searches '{Id}'."
            : null
        : named == Id ? null : Refusal(named);
}

/// <summary>Settings of a gallery that a caller may choose. Null means "keep", or the default for a new gallery.</summary>
/// <param name="Contract">Contract to bind; null binds the embedder's at the first enrolment.</param>
/// <param name="VerifyThreshold">Fixed distance for verify, 0 to 2, in place of a promise.</param>
/// <param name="IdentifyThreshold">Fixed distance for identify, 0 to 2, in place of a promise.</param>
/// <param name="Policy">Promises, each in place of a fixed distance for the same question.</param>
/// <param name="Pad">Policy against presentation attacks, member by member.</param>
[GenerateSerializer, Immutable]
[Alias("fg.gallery-settings")]
public sealed record GallerySettings(
    [property: Id(0)] Contract? Contract,
    [property: Id(1)] float? VerifyThreshold,
    [property: Id(2)] float? IdentifyThreshold,
    [property: Id(3)] GalleryPolicy? Policy = null,
    [property: Id(30)] GalleryPad? Pad = null)
{
    /// <summary>How faces are checked when they are enrolled; null keeps the policy, and so does each null member.</summary>
    [Id(20)]
    public EnrolmentPolicy? Enrolment { get; init; }
}

/// <summary>A gallery as callers see it.</summary>
/// <param name="Id">Gallery id.</param>
/// <param name="Contract">Bound contract, or null before the first enrolment.</param>
/// <param name="Verify">Threshold in force for verify, or null while no contract is bound and none is set.</param>
/// <param name="Identify">Threshold in force for identify, likewise.</param>
/// <param name="Level">Shard level; the gallery has 2^level shards.</param>
/// <param name="Growing">True while the next level is being filled.</param>
/// <param name="People">People enrolled, or null when not asked for.</param>
/// <param name="Faces">Faces enrolled, or null when not asked for.</param>
/// <param name="CreatedAt">When the gallery was made, UTC.</param>
/// <param name="Policy">What it promises; a question with a fixed distance, or without a calibrated embedder, promises nothing.</param>
/// <param name="Alikeness">How alike its people are, or null while that was not looked at.</param>
/// <param name="Pad">Policy against presentation attacks, or null when none was ever set.</param>
[GenerateSerializer, Immutable]
[Alias("fg.gallery-info")]
public sealed record GalleryInfo(
    [property: Id(0)] string Id,
    [property: Id(1)] Contract? Contract,
    [property: Id(2)] Threshold? Verify,
    [property: Id(3)] Threshold? Identify,
    [property: Id(4)] int Level,
    [property: Id(5)] bool Growing,
    [property: Id(6)] long? People,
    [property: Id(7)] long? Faces,
    [property: Id(8)] DateTimeOffset CreatedAt,
    [property: Id(9)] GalleryPolicy? Policy = null,
    [property: Id(10)] Alikeness? Alikeness = null,
    [property: Id(30)] GalleryPad? Pad = null)
{
    /// <summary>How faces are checked when they are enrolled, or null for not at all.</summary>
    [Id(20)]
    public EnrolmentPolicy? Enrolment { get; init; }

    /// <summary>The migration to another model that is under way, or null.</summary>
    [Id(40)]
    public MigrationInfo? Migration { get; init; }

    /// <summary>True for a gallery whose row cannot be read: it has an id and nothing else, and answers nothing.</summary>
    [Id(50)]
    public bool IsDamaged { get; init; }
}

/// <summary>What people, shards and identify need to know of a gallery; cached by each silo.</summary>
/// <param name="Epoch">Identity of this gallery's life: deleting and making it again gives another.</param>
/// <param name="Level">Level that answers searches.</param>
/// <param name="NextLevel">Level that is being filled, or null.</param>
/// <param name="Contract">Bound contract, or null.</param>
/// <param name="Verify">Threshold for verify, or null.</param>
/// <param name="Identify">Fixed threshold for identify, or null where <paramref name="Promise"/> says what it has to keep.</param>
/// <param name="Errors">What the embedder's calibration says, or null when it has none.</param>
/// <param name="Promise">What identify promises, or null: then <paramref name="Identify"/> is in force.</param>
/// <param name="Shift">By how much similarity the gallery's people are more alike than the calibration's, 0 or more.</param>
/// <param name="Pad">Policy against presentation attacks, or null when none was ever set.</param>
[GenerateSerializer, Immutable]
[Alias("fg.gallery-map")]
public sealed record GalleryMap(
    [property: Id(0)] Guid Epoch,
    [property: Id(1)] int Level,
    [property: Id(2)] int? NextLevel,
    [property: Id(3)] Contract? Contract,
    [property: Id(4)] Threshold? Verify,
    [property: Id(5)] Threshold? Identify,
    [property: Id(6)] ErrorModel? Errors = null,
    [property: Id(7)] Promise? Promise = null,
    [property: Id(8)] double Shift = 0,
    [property: Id(30)] GalleryPad? Pad = null)
{
    /// <summary>How faces are checked when they are enrolled, or null for not at all.</summary>
    [Id(20)]
    public EnrolmentPolicy? Enrolment { get; init; }

    /// <summary>
    /// A second contract whose vectors are held and not searched, or null: the gallery migrates to it, or has come from it.
    /// </summary>
    [Id(40)]
    public Contract? Other { get; init; }

    /// <summary>
    /// Counts the changes of which contracts are held and which of them is searched. Shards refuse calls with another number; the caller
    /// starts again with a fresh map.
    /// </summary>
    [Id(41)]
    public int ContractRevision { get; init; }

    /// <summary>
    /// True once the gallery has ever been searched under two contracts: since then a vector must say under which it was made.
    /// </summary>
    [Id(42)]
    public bool NamesNeeded { get; init; }
}

/// <summary>A page of people.</summary>
/// <param name="People">In the order of their rows: stable, but by slot and not by alphabet.</param>
/// <param name="Next">Pass as <c>after</c> to get the next page; null at the end.</param>
[GenerateSerializer, Immutable]
[Alias("fg.people-page")]
public sealed record PeoplePage(
    [property: Id(0)] PersonInfo[] People,
    [property: Id(1)] string? Next)
{
    /// <summary>Ids of people between these whose rows cannot be read; null where there is none.</summary>
    [Id(20)]
    public string[]? Damaged { get; init; }
}
