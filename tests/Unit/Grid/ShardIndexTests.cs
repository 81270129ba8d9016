using FaceGrid.Abstractions.Embedding;
using FaceGrid.Grains.Search;
using FaceGrid.Grains.Shards;
using FaceGrid.Search;
using FaceGrid.Tests.Support;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Grid;

/// <summary>
/// Goal: what a scan finds is answered under the face that it compared, or not at all. Method: the shard's memory alone, changed between
/// a scan's beginning and its hit.
/// </summary>
public sealed class ShardIndexTests
{
    [Fact]
    public void A_hit_of_somebody_who_was_deleted_is_not_answered_with_a_face_that_was_enrolled_under_the_id_since()
    {
        using var index = new ShardIndex(TimeProvider.System);
        var random = new Random(5);
        index.Apply(Entry(1, "first")).ShouldBeTrue();
        long begun = index.Moment;
        var hit = new SearchHit("p", 0, 0.1f);
        index.FaceIdOf(hit, begun).ShouldBe("first");
        index.Apply(Entry(2, "first", "second")).ShouldBeTrue();
        index.FaceIdOf(hit, begun).ShouldBe("first", "what is added behind changes nothing");

        index.Apply(Entry(3) with { Deleted = true }).ShouldBeTrue();
        index.FaceIdOf(hit, begun).ShouldBeNull();
        index.Apply(Entry(4, "third")).ShouldBeTrue();
        index.FaceIdOf(hit, begun).ShouldBeNull();
        index.FaceIdOf(hit, index.Moment).ShouldBe("third");

        PersonEntry Entry(long revision, params string[] faces) =>
            new("p", revision, Guid.Empty, faces, [.. faces.SelectMany(_ => Vectors.ToBytes(UnitVectors.Random(random, 64)))],
                Deleted: false);
    }
}
