using System.Security.Cryptography;
using FaceGrid.Abstractions.Cameras;
using FaceGrid.Abstractions.Embedding;
using FaceGrid.Abstractions.Galleries;
using FaceGrid.Abstractions.People;
using FaceGrid.Abstractions.Policies;
using FaceGrid.Abstractions.Search;
using FaceGrid.Cameras.State;
using FaceGrid.Grains.Storage;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Grid;

/// <summary>Goal: rows written today are read by every later version. Method: the bytes of a known row are pinned, and read back.</summary>
public sealed class StoredFormTests
{
    [Fact]
    public void A_person_row_has_the_same_bytes_for_ever()
    {
        using ServiceProvider services = new ServiceCollection()
            .AddSerializer(serializer => serializer.AddAssembly(typeof(PersonState).Assembly)).BuildServiceProvider();
        var serializer = services.GetRequiredService<Serializer<PersonState>>();
        byte[] bytes = serializer.SerializeToArray(new PersonState
        {
            Revision = 1_790_000_000_000_000,
            Epoch = Guid.Parse("00112233-4455-6677-8899-aabbccddeeff"),
            Name = "Ada Lovelace",
            Labels = new(StringComparer.Ordinal) { ["team"] = "engines" },
            Contract = "test@1",
            Faces = [new FaceState { Id = "0123456789abcdef0123456789abcdef",
                EnrolledAt = DateTimeOffset.FromUnixTimeSeconds(1_790_000_000), Vector = [0, 0, 128, 63] }],
        });
        Convert.ToHexStringLower(SHA256.HashData(bytes))
            .ShouldBe("a2b33ca2149e270e849049a50a9ed23323b8fc281a99a871cbb047d2e2e4f416", Convert.ToHexStringLower(bytes));
        PersonState back = serializer.Deserialize(bytes)!;
        back.Name.ShouldBe("Ada Lovelace");
        back.Faces[0].Vector.ShouldBe([0, 0, 128, 63]);
        back.Labels["team"].ShouldBe("engines");
    }

    [Fact]
    public void A_gallery_row_of_before_there_were_promises_is_read_and_one_with_them_comes_back()
    {
        using ServiceProvider services = new ServiceCollection()
            .AddSerializer(serializer => serializer.AddAssembly(typeof(GalleryState).Assembly)).BuildServiceProvider();
        var serializer = services.GetRequiredService<Serializer<GalleryState>>();
        GalleryState before = new()
        {
            Epoch = Guid.Parse("00112233-4455-6677-8899-aabbccddeeff"),
            CreatedAt = DateTimeOffset.FromUnixTimeSeconds(1_790_000_000),
            Level = 2,
            Contract = new Contract("test@1", 64),
            VerifyThreshold = 1.1f,
            ProfileVerify = new Threshold(1.086f, "profile", 1e-4),
            ProfileIdentify = new Threshold(1.02f, "profile", 1e-5),
        };
        GalleryState today = serializer.Deserialize(serializer.SerializeToArray(before))!;
        today.Policy = new GalleryPolicy(null, new Promise(Fpir: 0.01));
        today.Errors = new ErrorModel(0.01, 9.3, 1e-6, 1e-9);
        today.Alikeness = new Alikeness(0.02, 512, 5749);

        byte[] bytes = serializer.SerializeToArray(today);
        GalleryState back = serializer.Deserialize(bytes)!;
        (back.Policy, back.Errors, back.Alikeness).ShouldBe((today.Policy, today.Errors, today.Alikeness));

        // Written by a version that knew neither promises nor predictions.
        GalleryState old = serializer.Deserialize(Convert.FromHexString(
            "20402133221100554477668899aabbccddeeff21800040307dea17df08810000000000000000e00109c10121e8400d746573744031010202e061cdcc8c3fc1"
            + "0121e8600c028b3f410f70726f66696c65812d431cebe2361a3fe021e8605c8f823fc11f81f168e388b5f8e43ee00101e0"))!;
        (old.Level, old.Contract, old.VerifyThreshold, old.ProfileVerify, old.ProfileIdentify)
            .ShouldBe((2, before.Contract, 1.1f, before.ProfileVerify, before.ProfileIdentify));
        (old.Policy, old.Errors, old.Alikeness).ShouldBe((null, null, null));
    }

    [Fact]
    public void A_policy_against_presentation_attacks_has_the_same_bytes_for_ever()
    {
        using ServiceProvider services = new ServiceCollection()
            .AddSerializer(serializer => serializer.AddAssembly(typeof(GalleryPad).Assembly)).BuildServiceProvider();
        var serializer = services.GetRequiredService<Serializer<GalleryPad>>();
        byte[] bytes = serializer.SerializeToArray(new GalleryPad(PadPolicy.Require, null, PadPolicy.Report));
        Convert.ToHexStringLower(bytes).ShouldBe("20e8080309c101090305e0");
        serializer.Deserialize(bytes).ShouldBe(new GalleryPad(PadPolicy.Require, null, PadPolicy.Report));
    }

    [Fact]
    public void The_rows_of_a_camera_have_the_same_bytes_for_ever()
    {
        using ServiceProvider services = new ServiceCollection()
            .AddSerializer(serializer => serializer.AddAssembly(typeof(CameraState).Assembly)
                .AddAssembly(typeof(CameraSettings).Assembly)).BuildServiceProvider();
        var serializer = services.GetRequiredService<Serializer>();
        DateTimeOffset then = DateTimeOffset.FromUnixTimeSeconds(1_790_000_000);
        CameraSettings settings = new()
        {
            Name = "Front door",
            Source = new CameraSource(CameraSourceKind.Mjpeg, "http://camera/", "user", "secret"),
            FramesPerSecond = 2.5,
            WidthMax = 960,
            Zones = [new CameraZone([0, 0, 1, 0, 0.5f, 1])],
            FaceSizeMin = 30,
            Galleries = ["default", "staff"],
            Choice = GalleryChoice.First,
            Threshold = 0.9f,
            Pad = PadPolicy.Require,
            Quality = QualityLimits.Standard,
            VisitGap = TimeSpan.FromMinutes(1),
            KeepPicture = true,
            Visitors = "strangers",
        };
        byte[] camera = serializer.SerializeToArray(new CameraState { Settings = settings, CreatedAt = then });
        byte[] visits = serializer.SerializeToArray(
            new CameraVisitsState { Visits = [new OpenVisit("0123456789abcdef0123456789abcdef", then, 7, [1, 2, 3, 4])] });
        (Hash(camera), Hash(visits)).ShouldBe((
            "b9c9732f5afea43d4afbd4218c505b58fa06552f025fa0c6a3942d75835f3770",
            "80d0fe60108b6d2265899e39b6c4b065f43f2806bf3205611aecc00494adf230"));

        CameraState back = serializer.Deserialize<CameraState>(camera)!;
        (back.CreatedAt, back.Settings!.Source, back.Settings.VisitGap, back.Settings.Quality, back.Settings.Choice)
            .ShouldBe((then, settings.Source, settings.VisitGap, settings.Quality, settings.Choice));
        back.Settings.Zones[0].Corners.ShouldBe(settings.Zones[0].Corners);
        serializer.Deserialize<CameraVisitsState>(visits)!.Visits[0].Box.ShouldBe([1, 2, 3, 4]);

        static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
    }

    [Theory]
    [InlineData("default", "ada", "default/bdfa/ada")]
    [InlineData("staff-2", "grace.hopper@navy", "staff-2/49a2/grace.hopper@navy")]
    public void The_key_of_a_person_never_changes(string gallery, string person, string key)
    {
        PersonKey.Of(gallery, person).ToString().ShouldBe(key);
        PersonKey.Parse(key).ShouldBe(PersonKey.Of(gallery, person));
    }

    [Fact]
    public void Shards_of_every_level_cover_each_person_exactly_once()
    {
        var random = new Random(5);
        for (int i = 0; i < 1000; i++)
        {
            PersonKey person = PersonKey.Of("default", $"p{random.Next()}");
            for (int level = 0; level <= ShardKey.LevelMax; level++)
            {
                ShardKey[] owners = level > 6
                    ? [ShardKey.Of("default", level, person.Slot)]
                    : [.. Enumerable.Range(0, 1 << level).Select(index => new ShardKey("default", level, index))
                        .Where(shard => Owns(shard, person))];
                owners.ShouldHaveSingleItem().ShouldBe(ShardKey.Of("default", level, person.Slot));
                Owns(owners[0], person).ShouldBeTrue();
            }
        }

        static bool Owns(ShardKey shard, PersonKey person) =>
            string.CompareOrdinal(person.ToString(), shard.FirstRow) >= 0 && string.CompareOrdinal(person.ToString(), shard.EndRow) < 0;
    }
}
