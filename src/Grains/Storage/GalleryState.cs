using FaceGrid.Abstractions.Galleries;
using FaceGrid.Abstractions.People;
using FaceGrid.Abstractions.Policies;

namespace FaceGrid.Grains.Storage;

/// <summary>The row of a gallery.</summary>
[GenerateSerializer]
[Alias("fg.gallery-state")]
public sealed class GalleryState
{
    /// <summary>Identity of this life of the gallery; empty while it does not exist.</summary>
    [Id(0)]
    public Guid Epoch { get; set; }

    /// <summary>When it was made, UTC.</summary>
    [Id(1)]
    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>Level that answers searches.</summary>
    [Id(2)]
    public int Level { get; set; }

    /// <summary>Level that is being filled, or null.</summary>
    [Id(3)]
    public int? NextLevel { get; set; }

    /// <summary>Bound contract, or null.</summary>
    [Id(4)]
    public Contract? Contract { get; set; }

    /// <summary>Distance for verify set by policy, or null.</summary>
    [Id(5)]
    public float? VerifyThreshold { get; set; }

    /// <summary>Distance for identify set by policy, or null.</summary>
    [Id(6)]
    public float? IdentifyThreshold { get; set; }

    /// <summary>The embedder profile's threshold for verify when the contract was bound.</summary>
    [Id(7)]
    public Threshold? ProfileVerify { get; set; }

    /// <summary>The embedder profile's threshold for identify when the contract was bound.</summary>
    [Id(8)]
    public Threshold? ProfileIdentify { get; set; }

    /// <summary>True from the moment deletion is asked for until the last row is gone.</summary>
    [Id(9)]
    public bool Deleting { get; set; }

    /// <summary>How faces are checked when they are enrolled, or null for not at all.</summary>
    [Id(20)]
    public EnrolmentPolicy? Enrolment { get; set; }

    /// <summary>Promises asked for; null promises the default where nothing is fixed.</summary>
    [Id(10)]
    public GalleryPolicy? Policy { get; set; }

    /// <summary>What the embedder's calibration says, or null while there is none.</summary>
    [Id(11)]
    public ErrorModel? Errors { get; set; }

    /// <summary>How alike the people are, or null while that was not looked at.</summary>
    [Id(12)]
    public Alikeness? Alikeness { get; set; }

    /// <summary>Policy against presentation attacks, or null when none was ever set.</summary>
    [Id(30)]
    public GalleryPad? Pad { get; set; }

    /// <summary>The migration to another model that is under way, or null.</summary>
    [Id(40)]
    public StoredMigration? Migration { get; set; }

    /// <summary>See <see cref="GalleryMap.ContractRevision"/>.</summary>
    [Id(41)]
    public int ContractRevision { get; set; }

    /// <summary>See <see cref="GalleryMap.NamesNeeded"/>.</summary>
    [Id(42)]
    public bool NamesNeeded { get; set; }

    /// <summary>What belongs to the contract that is searched.</summary>
    internal ContractSide Side
    {
        get => new(Contract!, VerifyThreshold, IdentifyThreshold, ProfileVerify, ProfileIdentify, Errors, Alikeness);
        set => (Contract, VerifyThreshold, IdentifyThreshold, ProfileVerify, ProfileIdentify, Errors, Alikeness) =
            (value.Contract, value.VerifyThreshold, value.IdentifyThreshold, value.ProfileVerify, value.ProfileIdentify, value.Errors,
                value.Alikeness);
    }

    /// <summary>A copy to change.</summary>
    internal GalleryState Copy() => (GalleryState)MemberwiseClone();
}
