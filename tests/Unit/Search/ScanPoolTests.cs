using FaceGrid.Search;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Search;

/// <summary>Goal: threads change nothing but the time. Method: compare with the search on one thread, cancel, and end pools and indexes at bad moments.</summary>
public sealed class ScanPoolTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(50, 2, 3, 10)] // Searched at once.
    [InlineData(20_000, 1, 1, 1)]
    [InlineData(20_000, 3, 5, 10)]
    [InlineData(20_000, 4, 64, 300)]
    public async Task SearchAsync_AnyNumberOfThreads_FindsWhatOneThreadFinds(int people, int threads, int probeCount, int limit)
    {
        using TemplateIndex index = Filled(people, 96, out Random random);
        using var pool = new ScanPool(threads);
        float[] probes = Vectors.Unit(random, probeCount, 96);
        SearchHit[][] expected = index.Search(probes, probeCount, limit, Ct);
        SearchHit[][][] found = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => pool.SearchAsync(index, probes, probeCount, limit, Ct)));
        foreach (SearchHit[][] hits in found)
        {
            hits.Length.ShouldBe(probeCount);
            for (int p = 0; p < probeCount; p++)
            {
                hits[p].ShouldBe(expected[p]);
            }
        }
    }

    [Theory]
    [InlineData(100)]
    [InlineData(20_000)]
    public async Task SearchAsync_Cancelled_ThrowsAndThePoolGoesOn(int people)
    {
        using TemplateIndex index = Filled(people, 32, out Random random);
        using var pool = new ScanPool(2);
        float[] probe = Vectors.Unit(random, 1, 32);
        await Should.ThrowAsync<OperationCanceledException>(() => pool.SearchAsync(index, probe, 1, 1, new CancellationToken(canceled: true)));
        (await pool.SearchAsync(index, probe, 1, 1, Ct))[0].Length.ShouldBe(1);
    }

    [Fact]
    public async Task SearchAsync_NoTemplatesOrNoProbes_FindsNothing()
    {
        using var index = new TemplateIndex(32);
        using var pool = new ScanPool(2);
        (await pool.SearchAsync(index, new float[64], 2, 5, Ct)).ShouldAllBe(hits => hits.Length == 0);
        (await pool.SearchAsync(index, [], 0, 5, Ct)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Dispose_WhileSearchesWait_AnswersThemAndRefusesNewOnes()
    {
        TemplateIndex index = Filled(20_000, 96, out Random random);
        var pool = new ScanPool(2);
        float[] probes = Vectors.Unit(random, 64, 96);
        Task<SearchHit[][]>[] asked = [.. Enumerable.Range(0, 10).Select(_ => pool.SearchAsync(index, probes, 64, 3, Ct))];
        pool.Dispose();
        index.Dispose();
        (await Task.WhenAll(asked)).ShouldAllBe(hits => hits.Length == 64 && hits[0].Length == 3);
        index.Bytes.ShouldBe(0);
        using TemplateIndex other = Filled(10, 32, out _);
        Should.Throw<ObjectDisposedException>(() => pool.SearchAsync(other, new float[32], 1, 1, Ct));
        Should.Throw<ArgumentOutOfRangeException>(() => new ScanPool(0));
    }

    private static TemplateIndex Filled(int people, int dimension, out Random random)
    {
        random = new Random(8);
        var index = new TemplateIndex(dimension);
        for (int i = 0; i < people; i++)
        {
            index.Set("p" + i, Vectors.Unit(random, 1, dimension));
        }

        return index;
    }
}
