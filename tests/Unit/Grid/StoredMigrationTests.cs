using System.Security.Cryptography;
using FaceGrid.Abstractions.Embedding;
using FaceGrid.Abstractions.Galleries;
using FaceGrid.Abstractions.People;
using FaceGrid.Abstractions.Policies;
using FaceGrid.Grains.Shards;
using FaceGrid.Grains.Storage;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Grid;

/// <summary>
/// Goal: rows of a gallery that migrates to another model, and what its nodes tell each other meanwhile, are read by every later version.
/// Method: the bytes of known ones are pinned, and read back.
/// </summary>
public sealed class StoredMigrationTests
{
    private static readonly DateTimeOffset Then = DateTimeOffset.FromUnixTimeSeconds(1_790_000_000);
    private static readonly Guid Epoch = Guid.Parse("00112233-4455-6677-8899-aabbccddeeff");
    private static readonly Contract Old = new("old@0123456789abcdef", 64), New = new("new@fedcba9876543210", 96);
    private static readonly string FaceId = new('a', 32);

    [Fact]
    public void A_gallery_that_migrates_has_the_same_bytes_for_ever() => ShouldStay(
        new GalleryState
        {
            Epoch = Epoch,
            CreatedAt = Then,
            Level = 2,
            NextLevel = 3,
            Contract = New,
            VerifyThreshold = 1.1f,
            IdentifyThreshold = 1f,
            ProfileVerify = new Threshold(1.086f, "profile", 1e-4),
            ProfileIdentify = new Threshold(1.02f, "profile", 1e-5),
            Policy = new GalleryPolicy(new Promise(Fmr: 1e-4), new Promise(Fpir: 0.01)),
            Errors = new ErrorModel(0.01, 9.3, 1e-6, 1e-9),
            Alikeness = new Alikeness(0.02, 512, 5749),
            Enrolment = new EnrolmentPolicy(QualityLimits.Standard, DuplicateRule.Reject, ConsistencyRule.Quarantine, 5) { Crops = true },
            Pad = new GalleryPad(PadPolicy.Off, PadPolicy.Report, PadPolicy.Require),
            Migration = new StoredMigration(
                MigrationState.Switched, Old, New,
                    new ContractSide(Old, 1.2f, 1.15f, new Threshold(1.3f, "profile", null), null, new ErrorModel(1, 2, 3, 4),
                        new Alikeness(0.1, 2, 3)), Then),
            ContractRevision = 7,
            NamesNeeded = true,
        },
        "2b163e223ead7ebc78ab57ec061f7612b6349240c78164d594c0f48f8072ac12",
        (state, back) =>
        {
            (back.Migration, back.ContractRevision, back.NamesNeeded, back.Contract, back.NextLevel)
                .ShouldBe((state.Migration, 7, true, New, 3));
            (back.Enrolment, back.Pad, back.Policy, back.Errors, back.Alikeness)
                .ShouldBe((state.Enrolment, state.Pad, state.Policy, state.Errors, state.Alikeness));
            (back.VerifyThreshold, back.IdentifyThreshold, back.ProfileVerify, back.ProfileIdentify)
                .ShouldBe((1.1f, 1f, state.ProfileVerify, state.ProfileIdentify));
        });

    [Fact]
    public void A_person_with_vectors_of_two_models_and_the_memory_of_a_merge_has_the_same_bytes_for_ever() => ShouldStay(
        new PersonState
        {
            Revision = 1_790_000_000_000_000,
            Epoch = Epoch,
            Contract = Old.Id,
            OtherContract = New.Id,
            Faces =
            [
                new FaceState
                {
                    Id = FaceId,
                    EnrolledAt = Then,
                    Vector = [0, 0, 128, 63],
                    OtherVector = [0, 0, 0, 64],
                    HasCrop = true,
                    Quality = new FaceQualityInfo(60, 2, 0.5f, 0.2f, 1, 2, 3),
                    Confidence = 0.9f,
                    Review = new FaceReview(Quarantined: true, Unchecked: true, new LookAlike("bob", FaceId, 0.7f), 1.2f, FaceId),
                },
            ],
            DifferentFrom = ["bob"],
            Merged = [new MergedPerson { Person = "ida", At = Then,
                State = new PersonState { Name = "Ida", Faces = [new FaceState { Id = FaceId }], MergeToken = Epoch }, NameMoved = true,
                    LabelsMoved = ["team"], DifferentMoved = ["bob"] }],
            MergingInto = "eve",
            MergeToken = Epoch,
            UnmergedFrom = "zoe",
        },
        "c868b2cfe20ac1cfc0c7c6cafc90344824b0856ad361a606cc8d938c56199d47",
        (state, back) =>
        {
            (back.OtherContract, back.MergingInto, back.MergeToken, back.UnmergedFrom, back.DifferentFrom!.Single())
                .ShouldBe((New.Id, "eve", Epoch, "zoe", "bob"));
            FaceState face = back.Faces.Single();
            face.OtherVector.ShouldBe([0, 0, 0, 64]);
            (face.HasCrop, face.Quality, face.Confidence, face.Review)
                .ShouldBe((true, state.Faces[0].Quality, 0.9f, state.Faces[0].Review));
            MergedPerson merged = back.Merged!.Single();
            (merged.Person, merged.At, merged.NameMoved, merged.LabelsMoved.Single(), merged.DifferentMoved.Single(), merged.State.Name,
                merged.State.MergeToken).ShouldBe(("ida", Then, true, "team", "bob", "Ida", Epoch));
            merged.State.Faces.Single().IsBare.ShouldBeTrue();
        });

    [Fact]
    public void A_kept_cut_out_has_the_same_bytes_for_ever() => ShouldStay(
        new CropState { Crop = new FaceCrop([0xFF, 0xD8], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]) },
        "d1847f65622f0a922d8a85bb1aef4e2309f3cf64e92f7d4ff3ae7cbb110c8773",
        (state, back) =>
        {
            back.Crop!.Picture.ShouldBe(state.Crop!.Picture);
            back.Crop.Landmarks.ShouldBe(state.Crop.Landmarks);
        });

    [Fact]
    public void What_a_face_brings_to_a_gallery_that_migrates_has_the_same_bytes_for_ever() => ShouldStay(
        new PersonWrite("Ada", new() { ["team"] = "engines" },
            [new NewFace(FaceId, [0, 0, 128, 63], Old.Id, Then) { OtherVector = [0, 0, 0, 64], OtherContract = New.Id,
                Crop = new FaceCrop([0xFF], [1]), Confidence = 0.9f }], Bulk: true, RowVersion: 3)
        { Force = true },
        "77692741ce8b952b1b2870a1f8e682e3a0ac018c693864c01d989d8e440dc6c8",
        (write, back) =>
        {
            (back.Name, back.Labels!["team"], back.Bulk, back.RowVersion, back.Force).ShouldBe(("Ada", "engines", true, 3, true));
            (back.Faces.Single().OtherContract, back.Faces.Single().Contract, back.Faces.Single().EnrolledAt)
                .ShouldBe((New.Id, Old.Id, Then));
            back.Faces.Single().OtherVector.ShouldBe([0, 0, 0, 64]);
            back.Faces.Single().Crop!.Picture.ShouldBe([0xFF]);
        });

    [Fact]
    public void What_a_shard_is_told_of_a_person_with_vectors_of_two_models_has_the_same_bytes_for_ever() => ShouldStay(
        new PersonEntry("ada", 5, Epoch, [FaceId], [0, 0, 128, 63], Deleted: false)
        {
            Contract = Old.Id,
            Other = new TemplateSet(New.Id, [FaceId], [0, 0, 0, 64]),
            ContractRevision = 7
        },
        "d946536383b59d95ad0c7fb4d0ebb0cd9525a2f4892f9cf53361e8d3a9c98337",
        (entry, back) =>
        {
            (back.Person, back.Revision, back.Epoch, back.Contract, back.ContractRevision, back.Other!.Contract,
                back.Other.FaceIds.Single()).ShouldBe(("ada", 5, Epoch, Old.Id, 7, New.Id, FaceId));
            back.Other.Vectors.ShouldBe([0, 0, 0, 64]);
        });

    [Fact]
    public void What_is_said_of_a_migration_has_the_same_bytes_for_ever() => ShouldStay(
        new MigrationInfo(MigrationState.Finishing, Old, New, Then, 7, new MigrationProgress(100, 90, 3, "No embedder.")),
        "4f1c59b6d7e0783a25aaa99801180aee7a281c0c1e416516be24be2112146619",
        (info, back) => back.ShouldBe(info));

    private static void ShouldStay<T>(T value, string hash, Action<T, T> compare)
        where T : notnull
    {
        using ServiceProvider services = new ServiceCollection()
            .AddSerializer(serializer => serializer.AddAssembly(typeof(PersonState).Assembly).AddAssembly(typeof(GalleryMap).Assembly))
                .BuildServiceProvider();
        var serializer = services.GetRequiredService<Serializer<T>>();
        byte[] bytes = serializer.SerializeToArray(value);
        compare(value, serializer.Deserialize(bytes)!);
        Convert.ToHexStringLower(SHA256.HashData(bytes)).ShouldBe(hash, Convert.ToHexStringLower(bytes));
    }
}
