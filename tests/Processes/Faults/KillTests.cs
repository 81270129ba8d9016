using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text.Json;
using FaceGrid.Tests.Support;
using Microsoft.Data.Sqlite;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Faults;

/// <summary>
/// Goal: what was acknowledged survives a killed process, and what was deleted does not come back. Method: 16 clients enrol and delete over
/// HTTP, the node's process is killed in the middle, restarted, and every acknowledged change is checked. Rounds: <c>FACEGRID_FAULT_ROUNDS</c>, default 3;
/// seed: <c>FACEGRID_FAULT_SEED</c>, printed.
/// </summary>
public sealed class KillTests(ITestOutputHelper output)
{
    private const int Dimension = 64;
    private const int Clients = 16;
    private static readonly (string, string)[] VectorsOnly =
        [("FaceGrid__Roles__0", "people"), ("FaceGrid__Roles__1", "shards"), ("FaceGrid__Roles__2", "gateway"), ("FaceGrid__Grid__ShardPeopleMax", "256")];

    [Fact]
    public async Task A_killed_node_loses_nothing_acknowledged_and_brings_back_nobody()
    {
        int rounds = Setting("FACEGRID_FAULT_ROUNDS", 3);
        int seed = Setting("FACEGRID_FAULT_SEED", Environment.TickCount & 0xffffff);
        output.WriteLine($"seed {seed}, {rounds} rounds");
        var random = new Random(seed);
        using var directory = new TemporaryDirectory();
        var enrolled = new ConcurrentDictionary<string, float[]>(StringComparer.Ordinal);
        var deleted = new ConcurrentDictionary<string, float[]>(StringComparer.Ordinal);
        for (int round = 0; round < rounds; round++)
        {
            await using NodeProcess node = await NodeProcess.StartAsync(directory.Path, VectorsOnly);
            await CheckAsync(node, enrolled, deleted, $"seed {seed}, round {round}");
            await node.SendAsync(HttpMethod.Put, "/v1/galleries/people", new { contract = new { id = "test@1", dimension = Dimension }, identifyThreshold = 0.1 });
            using var stop = new CancellationTokenSource();
            int salt = random.Next();
            Task[] clients = [.. Enumerable.Range(0, Clients).Select(client => ClientAsync(node, new Random(salt + client), $"r{round}c{client}", enrolled, deleted, stop.Token))];
            int already = enrolled.Count;
            await Eventually.AssertAsync(() =>
            {
                enrolled.Count.ShouldBeGreaterThan(already + 10); // The node's first answers have yet to be compiled.
                return Task.CompletedTask;
            });
            await Task.Delay(random.Next(200, 1500), TestContext.Current.CancellationToken);
            await node.KillAsync();
            await stop.CancelAsync();
            await Task.WhenAll(clients);
        }

        await using (NodeProcess last = await NodeProcess.StartAsync(directory.Path, VectorsOnly))
        {
            await CheckAsync(last, enrolled, deleted, $"seed {seed}, at the end");
        }

        output.WriteLine($"{enrolled.Count} people enrolled and found, {deleted.Count} deleted and not found");
        enrolled.Count.ShouldBeGreaterThan(rounds * 10);
        await using var connection = new SqliteConnection($"Data Source={Path.Combine(directory.Path, "facegrid.db")}");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using SqliteCommand check = connection.CreateCommand();
        check.CommandText = "PRAGMA integrity_check";
        (await check.ExecuteScalarAsync(TestContext.Current.CancellationToken)).ShouldBe("ok");
    }

    private static async Task ClientAsync(
        NodeProcess node, Random random, string prefix, ConcurrentDictionary<string, float[]> enrolled, ConcurrentDictionary<string, float[]> deleted, CancellationToken stop)
    {
        for (int i = 0; !stop.IsCancellationRequested; i++)
        {
            string person = $"{prefix}n{i}";
            float[] vector = [.. Enumerable.Range(0, Dimension).Select(_ => (float)(random.NextDouble() - 0.5))];
            try
            {
                string path = $"/v1/galleries/people/people/{person}";
                (HttpStatusCode status, _) = await node.SendAsync(HttpMethod.Post, path + "/faces", new { embedding = vector });
                if (status == HttpStatusCode.Created)
                {
                    enrolled[person] = vector;
                }

                if (i % 5 == 4)
                {
                    enrolled.TryRemove(person, out _); // From here until the answer both outcomes are right.
                    (status, _) = await node.SendAsync(HttpMethod.Delete, path);
                    if (status == HttpStatusCode.NoContent)
                    {
                        deleted[person] = vector;
                    }
                }
            }
            catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException or JsonException or IOException)
            {
                return; // The node is gone; what was not answered may or may not be there.
            }
        }
    }

    private static async Task CheckAsync(NodeProcess node, ConcurrentDictionary<string, float[]> enrolled, ConcurrentDictionary<string, float[]> deleted, string when)
    {
        foreach ((ConcurrentDictionary<string, float[]> people, bool found) in new[] { (enrolled, true), (deleted, false) })
        {
            foreach (KeyValuePair<string, float[]>[] batch in people.Chunk(200))
            {
                (HttpStatusCode status, JsonElement answer) = await node.SendAsync(
                    HttpMethod.Post, "/v1/galleries/people/identify?limit=1", new { embeddings = batch.Select(pair => pair.Value) });
                status.ShouldBe(HttpStatusCode.OK, $"{when}: {answer}");
                answer.GetProperty("complete").GetBoolean().ShouldBeTrue(when);
                JsonElement[] faces = [.. answer.GetProperty("faces").EnumerateArray()];
                for (int i = 0; i < batch.Length; i++)
                {
                    faces[i].GetProperty("person").GetString().ShouldBe(found ? batch[i].Key : null, $"{when}: {batch[i].Key} was {(found ? "acknowledged" : "deleted")}");
                }
            }
        }
    }

    private static int Setting(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out int value) ? value : otherwise;
}
