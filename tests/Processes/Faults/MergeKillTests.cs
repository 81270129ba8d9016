using System.Globalization;
using System.Net;
using System.Text.Json;
using FaceGrid.Tests.Support;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Faults;

/// <summary>
/// Goal: a process that dies in the middle of merges and their undoing loses no face, and repeating finishes exactly. Method: 60 pairs are merged, and every other one parted again, over HTTP while the node is
/// killed; after each start every face is found; at the end everything is repeated and compared. Rounds: <c>FACEGRID_FAULT_ROUNDS</c>, default 3; seed: <c>FACEGRID_FAULT_SEED</c>, printed.
/// </summary>
public sealed class MergeKillTests(ITestOutputHelper output)
{
    private const int Dimension = 64;
    private const int Pairs = 60;
    private const string People = "/v1/galleries/people/people";
    private static readonly (string, string)[] VectorsOnly =
        [("FaceGrid__Roles__0", "people"), ("FaceGrid__Roles__1", "shards"), ("FaceGrid__Roles__2", "gateway")];

    [Fact]
    public async Task A_node_killed_while_people_are_merged_loses_no_face_and_a_repeat_finishes()
    {
        int rounds = Setting("FACEGRID_FAULT_ROUNDS", 3);
        int seed = Setting("FACEGRID_FAULT_SEED", Environment.TickCount & 0xffffff);
        output.WriteLine($"seed {seed}, {rounds} rounds");
        var random = new Random(seed);
        float[][] faces = [.. Enumerable.Range(0, 2 * Pairs).Select(_ => Enumerable.Range(0, Dimension).Select(_ => (float)(random.NextDouble() - 0.5)).ToArray())];
        using var directory = new TemporaryDirectory();
        await using (NodeProcess node = await NodeProcess.StartAsync(directory.Path, VectorsOnly))
        {
            await node.SendAsync(HttpMethod.Put, "/v1/galleries/people", new { contract = new { id = "test@1", dimension = Dimension }, identifyThreshold = 0.1 });
            for (int i = 0; i < faces.Length; i++)
            {
                (HttpStatusCode status, _) = await node.SendAsync(HttpMethod.Put, $"{People}/{IdOf(i)}", new { name = $"Name {i}", faces = new[] { new { embedding = faces[i] } } });
                status.ShouldBe(HttpStatusCode.Created);
            }
        }

        for (int round = 0; round < rounds; round++)
        {
            await using NodeProcess node = await NodeProcess.StartAsync(directory.Path, VectorsOnly);
            await FindAllAsync(node, faces, $"seed {seed}, round {round}");
            Task work = WorkAsync(node, new Random(random.Next()));
            await Task.Delay(random.Next(50, 700), TestContext.Current.CancellationToken);
            await node.KillAsync();
            await work;
        }

        await using NodeProcess last = await NodeProcess.StartAsync(directory.Path, VectorsOnly);
        await FindAllAsync(last, faces, $"seed {seed}, at the end");
        for (int pair = 0; pair < Pairs; pair++)
        {
            (HttpStatusCode merged, JsonElement one) = await last.SendAsync(HttpMethod.Post, $"{People}/{IdOf(2 * pair)}/merge/{IdOf((2 * pair) + 1)}");
            merged.ShouldBe(HttpStatusCode.OK, one.ToString());
            one.GetProperty("faces").GetArrayLength().ShouldBe(2);
            (await last.SendAsync(HttpMethod.Get, $"{People}/{IdOf((2 * pair) + 1)}")).Status.ShouldBe(HttpStatusCode.NotFound);
            (HttpStatusCode parted, JsonElement other) = await last.SendAsync(HttpMethod.Post, $"{People}/{IdOf(2 * pair)}/unmerge/{IdOf((2 * pair) + 1)}");
            parted.ShouldBe(HttpStatusCode.OK, other.ToString());
            other.GetProperty("name").GetString().ShouldBe($"Name {(2 * pair) + 1}");
            other.GetProperty("faces").GetArrayLength().ShouldBe(1);
        }

        string[] found = await FindAllAsync(last, faces, $"seed {seed}, parted");
        found.ShouldBe([.. Enumerable.Range(0, faces.Length).Select(IdOf)]);
    }

    private static async Task WorkAsync(NodeProcess node, Random random)
    {
        try
        {
            while (true)
            {
                int pair = random.Next(Pairs);
                string verb = random.Next(2) == 0 ? "merge" : "unmerge";
                await node.SendAsync(HttpMethod.Post, $"{People}/{IdOf(2 * pair)}/{verb}/{IdOf((2 * pair) + 1)}");
            }
        }
        catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException or JsonException or IOException)
        {
            // The node is gone.
        }
    }

    /// <summary>Looks that every face is found at distance 0.</summary>
    /// <returns>Whose each is.</returns>
    private static async Task<string[]> FindAllAsync(NodeProcess node, float[][] faces, string when)
    {
        (HttpStatusCode status, JsonElement answer) = await node.SendAsync(HttpMethod.Post, "/v1/galleries/people/identify?limit=1", new { embeddings = faces });
        status.ShouldBe(HttpStatusCode.OK, $"{when}: {answer}");
        string?[] found = [.. answer.GetProperty("faces").EnumerateArray().Select(face => face.GetProperty("person").GetString())];
        for (int i = 0; i < found.Length; i++)
        {
            found[i].ShouldBeOneOf([IdOf(i), IdOf(i & ~1)], $"{when}: the face of {IdOf(i)}");
        }

        return [.. found.OfType<string>()];
    }

    private static string IdOf(int index) => $"p{index:000}";

    private static int Setting(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out int value) ? value : otherwise;
}
