using FaceGrid.Abstractions.Embedding;
using FaceGrid.Abstractions.Galleries;
using FaceGrid.Grains.Search;
using FaceGrid.Grains.Shards;
using FaceGrid.Search;
using FaceGrid.Tests.Support;
using Microsoft.Extensions.Time.Testing;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Grid;

/// <summary>
/// Goal: a shard knows the newest state of each person, whatever order entries arrive in. Method: entries out of order, by one revision
/// and by many; time is the test's.
/// </summary>
public sealed class ShardRevisionTests : IDisposable
{
    private const int Dimension = 64;
    private static readonly long Second = TimeSpan.TicksPerSecond;
    private readonly FakeTimeProvider _time = new();
    private readonly ScanPool _scans = new(1);
    private readonly ShardIndex _index;

    public ShardRevisionTests() => _index = new ShardIndex(_time);

    public static TheoryData<long> Ages => [1, 2, Second, 500 * Second, 1_000 * Second, 1_001 * Second];

    public void Dispose()
    {
        _index.Dispose();
        _scans.Dispose();
    }

    [Theory]
    [MemberData(nameof(Ages))]
    public async Task Apply_OlderRevision_ChangesNothing(long age)
    {
        long now = 5_000 * Second;
        _index.Apply(Entry(now, 1, "new")).ShouldBeTrue();
        long moment = _index.Moment;
        _index.Apply(Entry(now - age, 2, "old", "older")).ShouldBeFalse();
        _index.Apply(Entry(now - age, 2) with { Deleted = true }).ShouldBeFalse();
        (_index.RevisionOf("p"), _index.People, _index.Templates, _index.Moment).ShouldBe((now, 1, 1, moment));
        SearchHit hit = await NearestAsync(1);
        (hit.SquaredDistance < 1e-6f, _index.FaceIdOf(hit, _index.Moment)).ShouldBe((true, "new"));
    }

    [Theory]
    [MemberData(nameof(Ages))]
    public void Apply_OlderThanTheDeletion_BringsNobodyBack(long age)
    {
        long now = 5_000 * Second;
        _index.Apply(Entry(now, 1) with { Deleted = true }).ShouldBeTrue();
        _index.Apply(Entry(now - age, 1, "face")).ShouldBeFalse();
        (_index.Contains("p"), _index.RevisionOf("p")).ShouldBe((false, now));
    }

    [Fact]
    public void Apply_SameOrNewerRevision_IsTaken()
    {
        _index.Apply(Entry(7, 1, "a")).ShouldBeTrue();
        _index.Apply(Entry(7, 1, "a")).ShouldBeTrue("a retry is harmless");
        _index.Apply(Entry(8, 1, "a", "b")).ShouldBeTrue();
        (_index.RevisionOf("p"), _index.Templates).ShouldBe((8, 2));
    }

    [Fact]
    public void DropOldTombstones_ForgetsThoseOlderThanAnyMessageOnItsWay()
    {
        _index.Apply(Entry(7, 1) with { Deleted = true });
        _time.Advance(TimeSpan.FromMinutes(10));
        _index.DropOldTombstones();
        _index.RevisionOf("p").ShouldBe(7);
        _time.Advance(TimeSpan.FromSeconds(1));
        _index.DropOldTombstones();
        _index.RevisionOf("p").ShouldBe(0);
    }

    [Fact]
    public void Restore_OlderRevision_IsTaken()
    {
        _index.Apply(Entry(7, 1) with { Deleted = true });
        _index.Restore(Entry(5, 1, "a"));
        (_index.Contains("p"), _index.RevisionOf("p"), _index.Templates).ShouldBe((true, 5, 1));
    }

    [Fact]
    public void Fork_KeepsRevisionsAndDeletions_AndNoTemplate()
    {
        _index.Apply(Entry(7, 1, "a"));
        _index.Apply(Entry(9, 1) with { Person = "gone", Deleted = true });
        using ShardIndex fork = _index.Fork();
        (fork.RevisionOf("p"), fork.RevisionOf("gone"), fork.People, fork.Templates).ShouldBe((7, 9, 1, 0));
        fork.Apply(Entry(6, 1, "old")).ShouldBeFalse();
        fork.Apply(Entry(8, 1) with { Person = "gone" }).ShouldBeFalse();
    }

    [Fact]
    public void Contents_OlderRevision_IsRefusedUnderEachContract()
    {
        using var contents = new ShardContents(_scans, _time);
        contents.Adopt(Map(revision: 0, "old@0000000000000000", "new@0000000000000000"));
        PersonEntry newest = Entry(5_000 * Second, 1, "a") with { Contract = "old@0000000000000000" };
        contents.Apply(newest with { Other = new TemplateSet("new@0000000000000000", ["a"], newest.Vectors) }).ShouldBeTrue();
        contents.Apply(newest with { Revision = newest.Revision - 1 }).ShouldBeFalse();
        contents.Apply(newest with { Revision = newest.Revision - (1_000 * Second) }).ShouldBeFalse();
        contents.Adopt(Map(revision: 1, "new@0000000000000000"));
        (contents.Index.RevisionOf("p"), contents.Index.Templates).ShouldBe((newest.Revision, 1));
    }

    [Fact]
    public async Task Contents_QuestionForAnotherContract_IsTold()
    {
        using var contents = new ShardContents(_scans, _time);
        contents.Adopt(Map(revision: 0, "old@0000000000000000", "new@0000000000000000"));
        PersonEntry entry = Entry(1, 1, "a") with { Contract = "old@0000000000000000" };
        contents.Apply(entry).ShouldBeTrue();
        ShardQuery query = new ShardQuery(Guid.Empty, entry.Vectors, 1, 1) { Contract = "old@0000000000000000" };
        ShardAnswer answer = await contents.SearchAsync(query, TestContext.Current.CancellationToken);
        (answer.Status, answer.Candidates[0][0].Person, answer.Candidates[0][0].FaceId).ShouldBe((ShardStatus.Ok, "p", "a"));
        contents.Adopt(Map(revision: 1, "new@0000000000000000", "old@0000000000000000"));
        (await contents.SearchAsync(query, TestContext.Current.CancellationToken)).Status.ShouldBe(ShardStatus.WrongMap);
    }

    [Fact]
    public void Contents_Fits_WantsAsManyVectorsAsFaces()
    {
        using var contents = new ShardContents(_scans, _time);
        contents.Adopt(Map(revision: 0, "old@0000000000000000"));
        PersonEntry entry = Entry(1, 1, "a", "b") with { Contract = "old@0000000000000000" };
        contents.Fits(entry).ShouldBeTrue();
        contents.Fits(entry with { FaceIds = ["a"] }).ShouldBeFalse();
        contents.Fits(entry with { Vectors = entry.Vectors[..^4] }).ShouldBeFalse();
    }

    private static GalleryMap Map(int revision, string contract, string? other = null) =>
        new(Guid.Empty, 0, null, new Contract(contract, Dimension), null, null)
        {
            Other = other is null ? null : new Contract(other, Dimension),
            ContractRevision = revision,
        };

    private static PersonEntry Entry(long revision, int seed, params string[] faces)
    {
        var random = new Random(seed);
        byte[] vectors = [.. faces.SelectMany(_ => Vectors.ToBytes(UnitVectors.Random(random, Dimension)))];
        return new PersonEntry("p", revision, Guid.Empty, faces, vectors, Deleted: false);
    }

    private async Task<SearchHit> NearestAsync(int seed)
    {
        float[] probe = Vectors.FromBytes(Entry(0, seed, "probe").Vectors);
        return (await _index.SearchAsync(_scans, probe, 1, 1, TestContext.Current.CancellationToken))[0][0];
    }
}
