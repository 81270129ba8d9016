using System.Diagnostics;
using System.Net;
using System.Text.Json;
using FaceGrid.Tests.Support;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Faults;

/// <summary>
/// Goal: a full disk refuses writes, loses nothing and harms no search; a read-only one stops the start. Method: the node's data directory is a
/// small file system of its own, mounted in a namespace that only the node sees.
/// </summary>
public sealed class DiskTests
{
    private const int Dimension = 64;
    private static readonly (string, string)[] VectorsOnly = [("FaceGrid__Roles__0", "people"), ("FaceGrid__Roles__1", "shards"), ("FaceGrid__Roles__2", "gateway")];

    [Fact]
    public async Task A_full_disk_refuses_writes_and_keeps_what_was_acknowledged()
    {
        using var directory = new TemporaryDirectory();
        string filler = Path.Combine(directory.Path, "filler");
        await using NodeProcess node = await NodeProcess.StartAsync(
            Inside($"mount -t tmpfs -o size=8m tmpfs '{directory.Path}' && head -c 2000000 /dev/zero > '{filler}'"), directory.Path, VectorsOnly);
        await node.SendAsync(HttpMethod.Put, "/v1/galleries/default", new { contract = new { id = "test@1", dimension = Dimension }, identifyThreshold = 0.1 });
        var random = new Random(5);
        var acknowledged = new Dictionary<string, float[]>(StringComparer.Ordinal);
        (HttpStatusCode status, JsonElement body) = (HttpStatusCode.Created, default);
        for (int person = 0; status != HttpStatusCode.ServiceUnavailable; person++)
        {
            person.ShouldBeLessThan(50_000, "the disk never filled");
            float[] vector = RandomVector(random);
            (status, body) = await EnrolAsync(node, $"p{person}", vector);
            if (status == HttpStatusCode.Created)
            {
                acknowledged.Add($"p{person}", vector);
            }
        }

        body.GetProperty("code").GetString().ShouldBe("storage-unavailable");
        acknowledged.Count.ShouldBeGreaterThan(100);
        await ShouldFindAsync(node, acknowledged);
        (await node.SendAsync(HttpMethod.Get, "/health/live")).Status.ShouldBe(HttpStatusCode.OK);

        File.Delete($"/proc/{node.Process.Id}/root{filler}");
        float[] late = RandomVector(random);
        await ShouldBecomeAsync(HttpStatusCode.Created, async () => (await EnrolAsync(node, "late", late)).Status);
        acknowledged.Add("late", late);
        await ShouldFindAsync(node, acknowledged);
        (await node.SendAsync(HttpMethod.Get, "/v1/galleries/default")).Body.GetProperty("people").GetInt64().ShouldBe(acknowledged.Count);
    }

    [Fact]
    public async Task A_read_only_directory_stops_the_start_and_says_so()
    {
        using var directory = new TemporaryDirectory();
        (int exitCode, string output) = await NodeProcess.StartRefusedAsync(
            Inside($"mount -t tmpfs -o size=1m,ro tmpfs '{directory.Path}'"), directory.Path, VectorsOnly);
        exitCode.ShouldNotBe(0);
        output.ShouldContain(directory.Path);
        output.ShouldNotContain("   at ", Case.Sensitive, "a stack trace is no message for an operator");
    }

    private static string[] Inside(string prepare)
    {
        try
        {
            using var tried = Process.Start(new ProcessStartInfo("unshare", ["--mount", "--map-root-user", "true"]) { RedirectStandardError = true, UseShellExecute = false })!;
            tried.WaitForExit();
            if (tried.ExitCode == 0)
            {
                return ["unshare", "--mount", "--map-root-user", "sh", "-c", prepare + " && exec \"$@\"", "sh"];
            }
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // No such program: not Linux.
        }

        TestData.Skip("needs Linux with unshare and permission to mount inside a user namespace");
        return [];
    }

    private static Task<(HttpStatusCode Status, JsonElement Body)> EnrolAsync(NodeProcess node, string person, float[] vector) =>
        node.SendAsync(HttpMethod.Post, $"/v1/galleries/default/people/{person}/faces", new { embedding = vector });

    private static async Task ShouldFindAsync(NodeProcess node, Dictionary<string, float[]> people)
    {
        foreach ((string person, float[] vector)[] part in people.Select(pair => (pair.Key, pair.Value)).Chunk(500))
        {
            (HttpStatusCode status, JsonElement body) = await node.SendAsync(
                HttpMethod.Post, "/v1/galleries/default/identify?limit=1", new { embeddings = part.Select(pair => pair.vector) });
            status.ShouldBe(HttpStatusCode.OK, body.ToString());
            body.GetProperty("faces").EnumerateArray().Select(face => face.GetProperty("person").GetString()).ShouldBe(part.Select(pair => pair.person));
        }
    }

    private static async Task ShouldBecomeAsync(HttpStatusCode expected, Func<Task<HttpStatusCode>> ask)
    {
        var limit = Stopwatch.StartNew();
        HttpStatusCode status;
        while ((status = await ask()) != expected && limit.Elapsed < TimeSpan.FromSeconds(60))
        {
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }

        status.ShouldBe(expected);
    }

    private static float[] RandomVector(Random random) => [.. Enumerable.Range(0, Dimension).Select(_ => (random.NextSingle() * 2) - 1)];
}
