using System.Security.Cryptography;
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
        using ServiceProvider services = new ServiceCollection().AddSerializer(serializer => serializer.AddAssembly(typeof(PersonState).Assembly)).BuildServiceProvider();
        var serializer = services.GetRequiredService<Serializer<PersonState>>();
        byte[] bytes = serializer.SerializeToArray(new PersonState
        {
            Revision = 1_790_000_000_000_000,
            Epoch = Guid.Parse("00112233-4455-6677-8899-aabbccddeeff"),
            Name = "Ada Lovelace",
            Labels = new(StringComparer.Ordinal) { ["team"] = "engines" },
            Contract = "test@1",
            Faces = [new FaceState { Id = "0123456789abcdef0123456789abcdef", EnrolledAt = DateTimeOffset.FromUnixTimeSeconds(1_790_000_000), Vector = [0, 0, 128, 63] }],
        });
        Convert.ToHexStringLower(SHA256.HashData(bytes)).ShouldBe("a2b33ca2149e270e849049a50a9ed23323b8fc281a99a871cbb047d2e2e4f416", Convert.ToHexStringLower(bytes));
        PersonState back = serializer.Deserialize(bytes)!;
        back.Name.ShouldBe("Ada Lovelace");
        back.Faces[0].Vector.ShouldBe([0, 0, 128, 63]);
        back.Labels["team"].ShouldBe("engines");
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
                    : [.. Enumerable.Range(0, 1 << level).Select(index => new ShardKey("default", level, index)).Where(shard => Owns(shard, person))];
                owners.ShouldHaveSingleItem().ShouldBe(ShardKey.Of("default", level, person.Slot));
                Owns(owners[0], person).ShouldBeTrue();
            }
        }

        static bool Owns(ShardKey shard, PersonKey person) =>
            string.CompareOrdinal(person.ToString(), shard.FirstRow) >= 0 && string.CompareOrdinal(person.ToString(), shard.EndRow) < 0;
    }
}
