using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using FaceGrid.Search;
using FaceGrid.Tests.Support;

namespace FaceGrid.Benchmarks;

/// <summary>
/// Goal: what a large gallery costs a node: time to enrol, time from start to ready, memory per template, and identify by vector against the bare
/// index. Method: a real node and its database; the same vectors in an index of this process; the two are asked in turns.
/// </summary>
internal static class Scale
{
    private const string Contract = "synthetic@1";

    /// <summary>Runs.</summary>
    /// <param name="people">Synthetic people, one template each.</param>
    /// <param name="dimension">Length of a vector.</param>
    /// <param name="requests">Identify requests per side and number of clients.</param>
    /// <param name="starts">How often the node is started again.</param>
    /// <param name="shardPeople">People per shard; 0 for the node's default.</param>
    public static async Task RunAsync(int people, int dimension, int requests, int starts, int shardPeople)
    {
        (string, string)[] vectorsOnly =
        [
            ("FaceGrid__Roles__0", "people"), ("FaceGrid__Roles__1", "shards"), ("FaceGrid__Roles__2", "gateway"),
            .. shardPeople > 0 ? [("FaceGrid__Grid__ShardPeopleMax", shardPeople.ToString(CultureInfo.InvariantCulture))] : Array.Empty<(string, string)>(),
        ];
        using var directory = new TemporaryDirectory();
        var crowd = new SyntheticPeople(dimension, seed: 2);
        await using (NodeProcess node = await NodeProcess.StartAsync(directory.Path, vectorsOnly))
        {
            Console.WriteLine($"empty node: {Megabytes(node):0} MB resident");
            await node.SendAsync(HttpMethod.Put, "/v1/galleries/default", new { contract = new { id = Contract, dimension }, identifyThreshold = 1.0 });
            long start = Stopwatch.GetTimestamp();
            await crowd.EnrolAsync(node, people, Contract);
            TimeSpan took = Stopwatch.GetElapsedTime(start);
            Console.WriteLine($"enrolled {people} people of {dimension} numbers in {took.TotalSeconds:0.0} s, {people / took.TotalSeconds:0} people/s, {Megabytes(node):0} MB resident");
            List<double> deletes = [];
            for (int person = people - 50; person < people; person++)
            {
                start = Stopwatch.GetTimestamp();
                await node.SendAsync(HttpMethod.Delete, $"/v1/galleries/default/people/{SyntheticPeople.Id(person)}");
                deletes.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }

            Console.WriteLine($"delete of a person: {Statistics.Of(deletes, "0.0 ms")}");
        }

        people -= 50;
        List<double> ready = [];
        NodeProcess? running = null;
        for (int number = 0; number < starts; number++)
        {
            await (running?.DisposeAsync() ?? ValueTask.CompletedTask);
            long start = Stopwatch.GetTimestamp();
            running = await NodeProcess.StartAsync(directory.Path, vectorsOnly);
            ready.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        await using NodeProcess again = running!;
        (_, JsonElement gallery) = await again.SendAsync(HttpMethod.Get, "/v1/galleries/default");
        Console.WriteLine($"start to ready: {Statistics.Of(ready, "0.00 s")}; {gallery.GetProperty("people")} people in {gallery.GetProperty("shards")} shards, {Megabytes(again):0} MB resident after start");
        using var index = new TemplateIndex(dimension);
        for (int person = 0; person < people; person++)
        {
            index.Set(SyntheticPeople.Id(person), crowd.Vector(person));
        }

        Console.WriteLine($"index: {(double)index.Bytes / index.Templates:0} bytes of native memory per template ({dimension * sizeof(float)} of numbers)");
        using var pool = new ScanPool(Environment.ProcessorCount);
        foreach (int clients in new[] { 1, 8, 64 })
        {
            await IdentifyAsync(again, index, pool, crowd, people, clients, requests);
        }

        Console.WriteLine($"{Megabytes(again):0} MB resident after the searches");
    }

    private static async Task IdentifyAsync(NodeProcess node, TemplateIndex index, ScanPool pool, SyntheticPeople crowd, int people, int clients, int requests)
    {
        const int Rounds = 5;
        List<double> http = [], bare = [], ratios = [];
        float[][] probes = [.. Enumerable.Range(people / 2, 64).Select(crowd.Vector)];
        object[] bodies = [.. probes.Select(probe => new { embeddings = new[] { SyntheticPeople.Base64(probe) }, contract = Contract })];
        for (int round = -1; round < Rounds; round++)
        {
            (double[] overHttp, double httpRate) = await TimeAsync(clients, requests / Rounds, async number =>
            {
                using HttpResponseMessage response = await node.Http.PostAsJsonAsync("/v1/galleries/default/identify?limit=5", bodies[number % bodies.Length]);
                using JsonDocument answer = JsonDocument.Parse(await response.EnsureSuccessStatusCode().Content.ReadAsByteArrayAsync());
                Check(answer.RootElement.GetProperty("faces")[0].GetProperty("person").GetString(), people / 2 + (number % bodies.Length));
            });
            // The best case of as many clients: their probes arrive together and share a pass.
            float[] together = [.. probes.Take(clients).SelectMany(probe => probe)];
            (double[] inProcess, double passes) = await TimeAsync(1, Math.Max(5, requests / Rounds / clients), async _ =>
            {
                SearchHit[][] hits = await pool.SearchAsync(index, together, clients, 5, CancellationToken.None);
                Check(hits[0][0].Person, people / 2);
            });
            double bareRate = passes * clients;
            if (round >= 0)
            {
                http.AddRange(overHttp);
                bare.AddRange(inProcess);
                ratios.Add(httpRate / bareRate);
            }
        }

        Console.WriteLine($"{clients} clients: over HTTP p50 {Statistics.Median(http):0.00} ms p99 {Statistics.Percentile(http, 0.99):0.00} ms; "
            + $"bare index, all probes in one pass, p50 {Statistics.Median(bare):0.00} ms p99 {Statistics.Percentile(bare, 0.99):0.00} ms; throughput ratio {Statistics.Of(ratios, "0.000")}");
    }

    private static async Task<(double[] Milliseconds, double PerSecond)> TimeAsync(int clients, int requests, Func<int, Task> call)
    {
        double[] times = new double[requests];
        int next = -1;
        long begin = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, clients).Select(_ => Task.Run(async () =>
        {
            int number;
            while ((number = Interlocked.Increment(ref next)) < requests)
            {
                long start = Stopwatch.GetTimestamp();
                await call(number);
                times[number] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            }
        })));
        return (times, requests / Stopwatch.GetElapsedTime(begin).TotalSeconds);
    }

    private static void Check(string? found, int expected)
    {
        if (found != SyntheticPeople.Id(expected))
        {
            throw new InvalidOperationException($"Found {found} instead of {SyntheticPeople.Id(expected)}.");
        }
    }

    private static double Megabytes(NodeProcess node)
    {
        node.Process.Refresh();
        return node.Process.WorkingSet64 / 1e6;
    }
}
