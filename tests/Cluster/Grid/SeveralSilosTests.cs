using FaceGrid.Abstractions.Cluster;
using FaceGrid.Abstractions.Search;
using FaceGrid.Tests.Support;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Grid;

/// <summary>
/// Shards over several silos that come, go and die: every answer stays what a plain loop would say, and shards end up evenly spread.
/// </summary>
public sealed class SeveralSilosTests : IDisposable
{
    private const int People = 400;
    private const int Seed = 20261124;

    private readonly TemporaryDirectory _directory = new();
    private readonly Random _random = new(Seed);
    private readonly Dictionary<string, float[]> _enrolled = [];

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Shards_are_spread_evenly_and_answers_are_those_of_a_plain_loop()
    {
        await using GridCluster cluster = await StartAsync(silos: 3);
        await SpreadAsync(cluster, silos: 3);
        for (int i = 0; i < 20; i++)
        {
            await CheckAsync(cluster, GridCluster.RandomUnit(_random));
        }
    }

    [Fact]
    public async Task A_silo_that_joins_takes_its_share_and_no_search_fails_meanwhile()
    {
        await using GridCluster cluster = await StartAsync(silos: 2);
        await SpreadAsync(cluster, silos: 2);
        await SearchWhileAsync(cluster, async () =>
        {
            await cluster.AddSiloAsync();
            await SpreadAsync(cluster, silos: 3);
        });
    }

    [Fact]
    public async Task A_silo_that_leaves_hands_over_and_no_search_fails_meanwhile()
    {
        await using GridCluster cluster = await StartAsync(silos: 3);
        await SpreadAsync(cluster, silos: 3);
        await SearchWhileAsync(cluster, async () =>
        {
            await cluster.StopSiloAsync(2);
            await SpreadAsync(cluster, silos: 2);
        });
    }

    [Fact]
    public async Task After_a_silo_dies_everything_is_found_again()
    {
        await using GridCluster cluster = await StartAsync(silos: 3);
        await SpreadAsync(cluster, silos: 3);
        await cluster.KillSiloAsync(2);
        await Eventually.AssertAsync(async () => await CheckAsync(cluster, GridCluster.RandomUnit(_random)));
        await EnrolAsync(cluster, People, 20);
        await CheckAsync(cluster, GridCluster.RandomUnit(_random));
        await SpreadAsync(cluster, silos: 2);
    }

    private async Task<GridCluster> StartAsync(int silos)
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {Seed}");
        GridCluster cluster = await GridCluster.StartAsync(_directory.Path, options => options.ShardPeopleMax = 32, silos);
        await cluster.CreateGalleryAsync();
        await EnrolAsync(cluster, 0, People);
        return cluster;
    }

    private async Task EnrolAsync(GridCluster cluster, int first, int count)
    {
        for (int i = first; i < first + count; i++)
        {
            string person = $"person-{i:d4}";
            float[] vector = GridCluster.RandomUnit(_random);
            (await cluster.EnrolAsync(person, vector)).Searchable.ShouldBeTrue();
            _enrolled[person] = GridCluster.Unit(vector);
        }
    }

    /// <summary>Waits until every silo has within one of an even share of the gallery's shards.</summary>
    private static Task SpreadAsync(GridCluster cluster, int silos) => Eventually.AssertAsync(async () =>
    {
        ClusterInfo info = await cluster.Grains.GetGrain<IClusterGrain>(0).GetAsync(CancellationToken.None);
        int[] held = [.. info.Shards.Where(shard => shard.Node is not null).GroupBy(shard => shard.Node, (_, own) => own.Count())];
        held.Length.ShouldBe(silos);
        held.Sum().ShouldBe(info.Shards.Length);
        info.Shards.Length.ShouldBeGreaterThanOrEqualTo(8);
        (held.Max() - held.Min()).ShouldBeLessThanOrEqualTo(1);
    });

    private async Task SearchWhileAsync(GridCluster cluster, Func<Task> change)
    {
        Task changing = Task.Run(change);
        int searches = 0;
        while (!changing.IsCompleted)
        {
            await CheckAsync(cluster, GridCluster.RandomUnit(_random));
            searches++;
        }

        await changing;
        TestContext.Current.TestOutputHelper?.WriteLine($"{searches} searches meanwhile");
    }

    private async Task CheckAsync(GridCluster cluster, float[] probe)
    {
        IdentifyAnswer answer = await cluster.IdentifyAsync(probe);
        answer.ShardsAnswered.ShouldBe(answer.ShardsAsked);
        answer.People.ShouldBe(_enrolled.Count);
        float[] unit = GridCluster.Unit(probe);
        (string Person, float Squared)[] expected = [.. _enrolled
            .Select(pair => (pair.Key, FaceGrid.Search.Distance.Squared(pair.Value, unit)))
            .OrderBy(pair => pair.Item2).ThenBy(pair => pair.Key, StringComparer.Ordinal).Take(5)];
        answer.Answers[0].Candidates.Select(candidate => candidate.Person).ShouldBe(expected.Select(pair => pair.Person));
        answer.Answers[0].Candidates.Select(candidate => candidate.Distance).ShouldBe(expected.Select(pair => MathF.Sqrt(pair.Squared)));
    }
}
