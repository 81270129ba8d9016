using FaceGrid.Search;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Search;

/// <summary>Goal: the index answers exactly like the plain search, whatever happened before. Method: random histories against a dictionary and <see cref="PlainSearch"/>.</summary>
public sealed class TemplateIndexTests
{
    private static readonly int[] Dimensions = [32, 33, 47, 64, 100, 127, 128, 255, 512, 513, 1000, 2048];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(DistanceTests.Paths), MemberType = typeof(DistanceTests))]
    public void Search_AfterRandomHistory_EqualsPlainSearch(string path) => RunHistories(path, path == "scalar" ? 20 : 100);

    internal static void RunHistories(string path, int histories)
    {
        Arbitrary<int> seeds = Gen.Choose(0, int.MaxValue - 1).ToArbitrary();
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(histories), Prop.ForAll(seeds, seed => RunHistory(path, seed)));
    }

    /// <summary>Enrols, replaces and removes people with vectors of every kind, in few or in several chunks, and asks with vectors of every kind.</summary>
    private static void RunHistory(string path, int seed)
    {
        var random = new Random(seed);
        int dimension = random.Next(3) == 0 ? random.Next(32, 600) : Dimensions[random.Next(Dimensions.Length)];
        using var index = new TemplateIndex(dimension, DistanceTests.Path(path));
        Dictionary<string, float[]> model = [];
        var data = new VectorData(random, dimension);
        int steps = random.Next(random.Next(4) == 0 ? 1 + (150_000 / dimension) : 60), persons = 1 + random.Next(2 * (steps + 1));
        for (int step = 0; step < steps; step++)
        {
            string person = "p" + random.Next(persons);
            if (random.Next(5) == 0)
            {
                index.Remove(person).ShouldBe(model.Remove(person), $"seed {seed}");
                continue;
            }

            model[person] = [.. Enumerable.Range(0, random.Next(1, 5)).SelectMany(_ => data.Next())];
            index.Set(person, model[person]);
        }

        index.People.ShouldBe(model.Count);
        index.Templates.ShouldBe(model.Values.Sum(t => t.Length / dimension));
        int probeCount = random.Next(1, 10);
        float[] probes = [.. Enumerable.Range(0, probeCount).SelectMany(_ => data.Next())];
        int limit = random.Next(3) == 0 ? random.Next(1, 1001) : random.Next(1, 20);
        SearchHit[][] hits = index.Search(probes, probeCount, limit, Ct);
        hits.Length.ShouldBe(probeCount);
        for (int p = 0; p < probeCount; p++)
        {
            hits[p].ShouldBe(PlainSearch.Search(model.Select(m => (m.Key, m.Value)), probes.AsSpan(p * dimension, dimension), limit), $"seed {seed}, probe {p}");
        }
    }

    [Theory]
    [InlineData(128, 3000, 1)]
    [InlineData(512, 1500, 10)]
    [InlineData(45, 9000, 700)]
    public void Search_SeveralChunks_EqualsPlainSearch(int dimension, int peopleCount, int limit)
    {
        var random = new Random(5);
        using var index = new TemplateIndex(dimension);
        Dictionary<string, float[]> model = [];
        for (int i = 0; i < peopleCount; i++)
        {
            model["p" + i] = Vectors.Unit(random, 1 + (i % 2), dimension);
            index.Set("p" + i, model["p" + i]);
        }

        float[] probes = Vectors.Unit(random, 7, dimension);
        SearchHit[][] hits = index.Search(probes, 7, limit, Ct);
        for (int p = 0; p < 7; p++)
        {
            hits[p].ShouldBe(PlainSearch.Search(model.Select(m => (m.Key, m.Value)), probes.AsSpan(p * dimension, dimension), limit));
        }
    }

    [Fact]
    public void Search_EqualDistances_AreOrderedByOrdinalId()
    {
        using var index = new TemplateIndex(32);
        float[] same = Vectors.Unit(new Random(1), 1, 32);
        foreach (string person in new[] { "b", "a", "B", "é", "~", "0", "a/1" })
        {
            index.Set(person, [.. same, .. same]);
        }

        SearchHit[] hits = index.Search(same, 1, 100, Ct)[0];
        hits.Select(h => h.Person).ShouldBe(["0", "B", "a", "a/1", "b", "~", "é"]);
        hits.ShouldAllBe(h => h.Template == 0 && h.Distance == 0);
        index.Search(same, 1, 2, Ct)[0].Select(h => h.Person).ShouldBe(["0", "B"]);
    }

    [Fact]
    public void Search_EmptyIndexOrNoProbes_FindsNothing()
    {
        using var index = new TemplateIndex(32);
        index.Search(new float[32], 1, 5, Ct).ShouldHaveSingleItem().ShouldBeEmpty();
        index.Search([], 0, 5, Ct).ShouldBeEmpty();
        index.Remove("nobody").ShouldBeFalse();
    }

    [Fact]
    public void Arguments_OutOfRange_Throw()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => new TemplateIndex(31));
        Should.Throw<ArgumentOutOfRangeException>(() => new TemplateIndex(2049));
        using var index = new TemplateIndex(32);
        Should.Throw<ArgumentException>(() => index.Set("", new float[32]));
        Should.Throw<ArgumentException>(() => index.Set("a", []));
        Should.Throw<ArgumentException>(() => index.Set("a", new float[33]));
        Should.Throw<ArgumentException>(() => index.Set("a", [.. new float[31], float.NaN]));
        Should.Throw<ArgumentException>(() => index.Search(new float[31], 1, 1, Ct));
        Should.Throw<ArgumentException>(() => index.Search([.. new float[31], float.PositiveInfinity], 1, 1, Ct));
        Should.Throw<ArgumentOutOfRangeException>(() => index.Search(new float[32], 1, 0, Ct));
        index.People.ShouldBe(0);
    }

    [Fact]
    public void Search_Cancelled_Throws()
    {
        using var index = new TemplateIndex(32);
        index.Set("a", new float[32]);
        Should.Throw<OperationCanceledException>(() => index.Search(new float[32], 1, 1, new CancellationToken(canceled: true)));
    }

    [Fact]
    public void Set_SamePeopleForEver_DoesNotGrow()
    {
        using var index = new TemplateIndex(512);
        float[] templates = Vectors.Unit(new Random(3), 3, 512);
        for (int i = 0; i < 50; i++)
        {
            index.Set("p" + i, templates);
        }

        long bytes = index.Bytes;
        for (int i = 0; i < 20_000; i++)
        {
            index.Set("p" + (i % 50), templates.AsSpan(0, 512 * (1 + (i % 3))));
        }

        index.Bytes.ShouldBe(bytes);
    }

    [Fact]
    public void Remove_MostPeople_GivesMemoryBackAndKeepsTheRest()
    {
        var random = new Random(9);
        using var index = new TemplateIndex(64);
        float[] values = Vectors.Unit(random, 20_000, 64);
        for (int i = 0; i < 20_000; i++)
        {
            index.Set("p" + i, values.AsSpan(i * 64, 64));
        }

        long full = index.Bytes;
        int[] kept = [.. Enumerable.Range(0, 500).Select(i => i * 40)];
        for (int i = 0; i < 20_000; i++)
        {
            if (i % 40 != 0)
            {
                index.Remove("p" + i).ShouldBeTrue();
            }
        }

        index.Templates.ShouldBe(500);
        index.Bytes.ShouldBeLessThan(full / 8);
        (string, float[])[] model = [.. kept.Select(i => ("p" + i, values[(i * 64)..((i + 1) * 64)]))];
        float[] probe = Vectors.Unit(random, 1, 64);
        index.Search(probe, 1, 1000, Ct)[0].ShouldBe(PlainSearch.Search(model, probe, 1000));
        for (int i = 0; i < 20_000; i++)
        {
            index.Set("p" + i, values.AsSpan(i * 64, 64));
        }

        index.Bytes.ShouldBeLessThan(full * 2);
    }

    /// <summary>Goal: rows that move and chunks that go back are never missed and never read after. Method: an index grows and shrinks by a factor of 20 while searches look for those who stay.</summary>
    [Fact]
    public async Task Searches_while_an_index_shrinks_and_grows_find_who_stays()
    {
        const int Dimension = 64, Stay = 100, Guests = 2000;
        var random = new Random(6);
        using var index = new TemplateIndex(Dimension);
        using var pool = new ScanPool(2);
        float[] values = Vectors.Unit(random, Guests, Dimension);
        float[] probe = Vectors.Unit(random, 1, Dimension);
        for (int i = 0; i < Guests; i++)
        {
            // Those who stay are enrolled among the others, so that they have to move.
            index.Set((i % (Guests / Stay) == 0 ? "stay" : "guest") + i, values.AsSpan(i * Dimension, Dimension));
        }

        using var stop = new CancellationTokenSource();
        int rounds = 0;
        Task writer = Task.Run(() =>
        {
            for (int round = 0; !stop.IsCancellationRequested; Volatile.Write(ref rounds, ++round))
            {
                for (int i = 0; i < Guests; i++)
                {
                    if (i % (Guests / Stay) != 0 && round % 2 == 0)
                    {
                        index.Remove("guest" + i);
                    }
                    else if (i % (Guests / Stay) != 0)
                    {
                        index.Set("guest" + i, values.AsSpan(i * Dimension, Dimension));
                    }
                }
            }
        }, Ct);
        for (int searches = 0; (searches < 50 || Volatile.Read(ref rounds) < 4) && !writer.IsCompleted; searches++)
        {
            SearchHit[] hits = (await pool.SearchAsync(index, probe, 1, Guests, Ct))[0];
            hits.Count(hit => hit.Person.StartsWith("stay", StringComparison.Ordinal)).ShouldBe(Stay);
            foreach (SearchHit hit in hits)
            {
                int i = int.Parse(hit.Person.AsSpan(hit.Person.StartsWith('s') ? "stay".Length : "guest".Length));
                hit.SquaredDistance.ShouldBe(Distance.Squared(values.AsSpan(i * Dimension, Dimension), probe));
            }
        }

        await stop.CancelAsync();
        await writer;
    }

    [Fact]
    public unsafe void Chunk_Erase_LeavesZerosAndNoOwner()
    {
        var layout = new RowLayout(40);
        var chunk = new Chunk(layout, 32, new float[layout.Stride]);
        byte[] before = new ReadOnlySpan<byte>(chunk.Vectors, (int)chunk.Bytes).ToArray();
        int row = chunk.Take();
        chunk.Write(row, Vectors.Unit(new Random(1), 1, 40), "a", 0, change: 1);
        chunk.IsVisible(row, 0).ShouldBeFalse();
        chunk.IsVisible(row, 1).ShouldBeTrue();
        chunk.End(row, 2);
        chunk.IsVisible(row, 1).ShouldBeTrue();
        chunk.IsVisible(row, 2).ShouldBeFalse();
        new ReadOnlySpan<byte>(chunk.Vectors, (int)chunk.Bytes).SequenceEqual(before).ShouldBeFalse();
        chunk.Erase(row);
        chunk.Taken.ShouldBe(0);
        new ReadOnlySpan<byte>(chunk.Vectors, (int)chunk.Bytes).SequenceEqual(before).ShouldBeTrue();
        chunk.Owner(row).Person.ShouldBeNull();
        chunk.Free();
    }

    [Fact]
    public async Task Disposed_index_throws_and_running_searches_end_well()
    {
        var random = new Random(2);
        var index = new TemplateIndex(128);
        for (int i = 0; i < 5000; i++)
        {
            index.Set("p" + i, Vectors.Unit(random, 1, 128));
        }

        float[] probe = Vectors.Unit(random, 1, 128);
        using var started = new SemaphoreSlim(0);
        Task search = Task.Run(() =>
        {
            started.Release();
            Should.Throw<ObjectDisposedException>(() =>
            {
                while (true)
                {
                    index.Search(probe, 1, 1, CancellationToken.None)[0].Length.ShouldBe(1);
                }
            });
        }, Ct);
        await started.WaitAsync(Ct);
        index.Dispose();
        await search;
        index.Bytes.ShouldBe(0);
        Should.Throw<ObjectDisposedException>(() => index.Set("a", probe));
    }

    /// <summary>
    /// Goal: a search sees the state of one moment. Method: writers always replace a person's two templates with two equal ones, and swap "even" and "odd" people
    /// so that exactly one of each pair exists at any moment of its writer; searches check the vectors they found by their distances.
    /// </summary>
    [Fact]
    public async Task Searches_during_changes_see_whole_people()
    {
        const int Dimension = 64, Persons = 40;
        float[] values = Vectors.Unit(new Random(4), 8, Dimension);
        float[] probe = values[..Dimension];
        float[] legal = [.. Enumerable.Range(0, 8).Select(v => Distance.Euclidean(values.AsSpan(v * Dimension, Dimension), probe))];
        using var index = new TemplateIndex(Dimension);
        for (int i = 0; i < Persons; i++)
        {
            index.Set("p" + i, Pair(0));
        }

        using var stop = new CancellationTokenSource();
        Task[] writers = [.. Enumerable.Range(0, 2).Select(w => Task.Run(() =>
        {
            var random = new Random(w);
            while (!stop.IsCancellationRequested)
            {
                index.Set("p" + random.Next(Persons), Pair(random.Next(8)));
                string guest = $"guest{w}-{random.Next(5)}";
                index.Set(guest, Pair(random.Next(8)));
                index.Remove(guest);
            }
        }, Ct))];
        Task[] searches = [.. Enumerable.Range(0, 2).Select(_ => Task.Run(() =>
        {
            for (int count = 0; count < 300; count++)
            {
                SearchHit[] hits = index.Search(probe, 1, 1000, CancellationToken.None)[0];
                hits.Count(h => h.Person.StartsWith('p')).ShouldBe(Persons);
                hits.Count(h => h.Person.StartsWith('g')).ShouldBeLessThanOrEqualTo(2);
                hits.Select(h => h.Person).ShouldBeUnique();
                hits.ShouldAllBe(h => h.Template == 0 && legal.Contains(h.Distance));
            }
        }, Ct))];
        try
        {
            await Task.WhenAll(searches);
        }
        finally
        {
            await stop.CancelAsync();
        }

        await Task.WhenAll(writers);
        index.People.ShouldBe(Persons);

        float[] Pair(int v) => [.. values.AsSpan(v * Dimension, Dimension), .. values.AsSpan(v * Dimension, Dimension)];
    }
}
