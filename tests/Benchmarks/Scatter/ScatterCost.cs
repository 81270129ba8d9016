using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using FaceGrid.Abstractions.Cluster;
using FaceGrid.Abstractions.Galleries;
using FaceGrid.Abstractions.People;
using FaceGrid.Abstractions.Search;
using FaceGrid.Grains.Cluster;
using FaceGrid.Grains.Shards;
using FaceGrid.Tests.Support;

namespace FaceGrid.Benchmarks.Scatter;

/// <summary>
/// Goal: what the grid adds to grain calls. Method: three silos in this process that talk over TCP, 40 people in four shards, so that a scan is nothing. In turns, in every round: an identify over all three; a call
/// of a grain on another silo that does nothing, with the messages of a search; and three such calls at once, one per silo, which is the least a scatter can be. Then a verify of a person on another
/// silo in turns with a call of a grain there that does nothing, with the messages of a verify.
/// </summary>
internal static class ScatterCost
{
    private const string Gallery = "tiny";
    private const int Dimension = 512;
    private const int People = 40;
    private const int ShardPeopleMax = 16;
    private const int Shards = 4;

    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(1);
    private static readonly SyntheticPeople Crowd = new(Dimension, seed: 3);

    /// <summary>Runs.</summary>
    /// <param name="rounds">Measured rounds per number of callers.</param>
    public static async Task RunAsync(int rounds)
    {
        await using ThreeSilos silos = await ThreeSilos.StartAsync(ShardPeopleMax);
        await EnrolAsync(silos);
        Console.WriteLine($"{silos.Silos.Length} silos in one process over TCP, {People} people of {Dimension} numbers in {Shards} shards, {rounds} rounds of {Turn.TotalSeconds:0} s");
        await IdentifyAsync(silos, rounds);
        await VerifyAsync(silos, rounds);
    }

    private static async Task EnrolAsync(ThreeSilos silos)
    {
        await silos.Grains.GetGrain<IGalleryGrain>(IGalleryGrain.KeyOf(Gallery)).PutAsync(new GallerySettings(new Contract("synthetic@1", Dimension), 1, 1), CancellationToken.None);
        for (int person = 0; person < People; person++)
        {
            byte[] vector = Vector(person);
            await Person(silos, person).WriteAsync(new PersonWrite(null, null, [new NewFace(Convert.ToHexStringLower(SHA256.HashData(vector))[..32], vector, null, null)], Bulk: false), CancellationToken.None);
        }

        // The gallery grows by itself, and its new shards are spread over the silos.
        await Eventually.AssertAsync(async () =>
        {
            ClusterInfo info = await silos.Grains.GetGrain<IClusterGrain>(0).GetAsync(CancellationToken.None);
            int[] held = [.. info.Shards.Where(shard => shard.Node is not null).GroupBy(shard => shard.Node, (_, own) => own.Count())];
            if (info.Shards.Length != Shards || held.Length != silos.Silos.Length || held.Sum() != Shards)
            {
                throw new InvalidOperationException($"{info.Shards.Length} shards, {held.Sum()} of them on {held.Length} silos.");
            }
        });
    }

    private static async Task IdentifyAsync(ThreeSilos silos, int rounds)
    {
        IIdentifyGrain identify = silos.Grains.GetGrain<IIdentifyGrain>(0);
        IBareGrain[] bare = [.. silos.Silos.Select(silo => silos.Grains.GetGrain<IBareGrain>(silo))];
        IdentifyRequest[] requests = [.. Enumerable.Range(0, People).Select(person => new IdentifyRequest(Gallery, [new Probe(Vector(person), null)], 5, null, AllowPartial: false))];
        NodeQuery[] queries = [.. Enumerable.Range(0, People).Select(person => new NodeQuery(Gallery, 2, [0], new ShardQuery(Guid.Empty, Vector(person), 1, 5)))];
        foreach (int callers in new[] { 1, 16, 100 })
        {
            var series = new Series();
            for (int round = -1; round < rounds; round++)
            {
                series.Add(round, "one bare call", await TimeAsync(callers, number => bare[1].SearchAsync(queries[number % People])));
                series.Add(round, "three bare calls at once", await TimeAsync(callers, number => Task.WhenAll(Array.ConvertAll(bare, grain => grain.SearchAsync(queries[number % People])))));
                series.Add(round, "identify", await TimeAsync(callers, async number => Check(await identify.IdentifyAsync(requests[number % People], CancellationToken.None), number % People)));
            }

            series.Print($"{callers} callers", "identify", ["one bare call", "three bare calls at once"]);
        }
    }

    private static async Task VerifyAsync(ThreeSilos silos, int rounds)
    {
        IManagementGrain management = silos.Grains.GetGrain<IManagementGrain>(0);
        var lives = new List<(string Silo, IPersonGrain Grain, Probe Probe)>();
        for (int person = 0; person < People; person++)
        {
            IPersonGrain grain = Person(silos, person);
            var probe = new Probe(Vector(person), null);
            await grain.VerifyAsync(probe, CancellationToken.None);
            if (await management.GetActivationAddress(grain) is { } at)
            {
                lives.Add((at.ToParsableString(), grain, probe));
            }
        }

        // Orleans decides where people live; calls are to cross from one silo to another, and the bare grain is where they go.
        var most = lives.GroupBy(life => life.Silo).MaxBy(own => own.Count())!;
        IGrainFactory caller = silos.GrainsOf((Array.IndexOf(silos.Silos, most.Key) + 1) % silos.Silos.Length);
        (IPersonGrain Grain, Probe Probe)[] people = [.. most.Select(life => (caller.GetGrain<IPersonGrain>(life.Grain.GetPrimaryKeyString()), life.Probe))];
        Console.WriteLine($"verify: {people.Length} of {lives.Count} people live on the silo that is asked");
        IBareGrain bare = caller.GetGrain<IBareGrain>(most.Key);
        foreach (int callers in new[] { 1, 16 })
        {
            var series = new Series();
            for (int round = -1; round < rounds; round++)
            {
                series.Add(round, "bare call", await TimeAsync(callers, number => bare.VerifyAsync(people[number % people.Length].Probe)));
                series.Add(round, "verify", await TimeAsync(callers, async number =>
                {
                    (IPersonGrain grain, Probe probe) = people[number % people.Length];
                    if (!(await grain.VerifyAsync(probe, CancellationToken.None)).Match)
                    {
                        throw new InvalidOperationException("A person was not verified by their own vector.");
                    }
                }));
            }

            series.Print($"{callers} callers", "verify", ["bare call"]);
        }
    }

    /// <summary>Calls for one turn.</summary>
    /// <returns>Calls per second, and the median and 99th percentile of their times in milliseconds.</returns>
    private static async Task<(double PerSecond, double P50, double P99)> TimeAsync(int callers, Func<int, Task> call)
    {
        var times = new List<double>[callers];
        int next = -1;
        long begin = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(async () =>
        {
            times[caller] = new(1 << 14);
            while (Stopwatch.GetElapsedTime(begin) < Turn)
            {
                long start = Stopwatch.GetTimestamp();
                await call(Interlocked.Increment(ref next) & int.MaxValue);
                times[caller].Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
        })));
        double seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        double[] all = [.. times.SelectMany(own => own)];
        Array.Sort(all);
        return (all.Length / seconds, all[all.Length / 2], all[(int)(0.99 * (all.Length - 1))]);
    }

    private static void Check(IdentifyAnswer answer, int person)
    {
        if (answer.ShardsAnswered != Shards || answer.Answers[0].Person != SyntheticPeople.Id(person))
        {
            throw new InvalidOperationException($"{answer.ShardsAnswered} of {answer.ShardsAsked} shards found {answer.Answers[0].Person} instead of {SyntheticPeople.Id(person)}.");
        }
    }

    private static IPersonGrain Person(ThreeSilos silos, int person) => silos.Grains.GetGrain<IPersonGrain>(PersonKey.Of(Gallery, SyntheticPeople.Id(person)).ToString());

    private static byte[] Vector(int person) => MemoryMarshal.AsBytes<float>(Crowd.Vector(person)).ToArray();
}
