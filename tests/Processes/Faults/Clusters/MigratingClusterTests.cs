using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using System.Text.Json;
using FaceGrid.Tests.Support;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Faults.Clusters;

/// <summary>
/// Goal: a gallery of a cluster migrates to another model although nodes die in the middle, and nobody notices. Method: three processes on PostgreSQL that read pictures with both models; clients identify, verify and
/// enrol all the time; the node that makes the vectors is killed, and another one while the gallery switches; afterwards every template is what a fresh enrolment with the new model makes of the same picture.
/// Seed of the moments: <c>FACEGRID_FAULT_SEED</c>, printed.
/// </summary>
public sealed class MigratingClusterTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const string Old = "mobileface-v2-256", New = "mobilefacenet-foamliu-128";
    private const int PeopleFirst = 32;
    private const int PeopleMax = 56;

    /// <summary>Between the vector of a picture and the one of its cut-out: docs/migration.md, the largest for foamliu.</summary>
    private const float CropDistanceMax = 0.1f;

    private GridProcesses _grid = null!;

    public async ValueTask InitializeAsync() => _grid = await GridProcesses.StartAsync(
        3,
        ("FaceGrid__Roles__3", "embedder"),
        ("FACEGRID_MODELS", TestData.Models),
        ("FaceGrid__Vision__Embedder", Path.Combine(AppContext.BaseDirectory, "Profiles", Old + ".json")),
        ("FaceGrid__Vision__NextEmbedder", New));

    public ValueTask DisposeAsync() => _grid.DisposeAsync();

    [Fact]
    public async Task Nobody_notices_that_nodes_die_while_their_gallery_migrates_to_another_model()
    {
        int seed = int.TryParse(Environment.GetEnvironmentVariable("FACEGRID_FAULT_SEED"), CultureInfo.InvariantCulture, out int given) ? given : Environment.TickCount & 0xffffff;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        KeyValuePair<string, byte[]>[] people = [.. LfwFaces.OfMany(PeopleMax, except: "nobody")];
        var client = new MigratingClient(_grid, "migrated");
        (await Any.SendAsync(HttpMethod.Put, "/v1/galleries/migrated", new { policy = new { enrolment = new { crops = true } } })).Status.ShouldBe(HttpStatusCode.Created);
        var enrolled = new ConcurrentDictionary<string, byte[]>(StringComparer.Ordinal);
        await Parallel.ForEachAsync(people[..PeopleFirst], new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (one, _) => await EnrolAsync(one));

        using var stop = new CancellationTokenSource();
        Task[] load = [.. Enumerable.Range(0, 2).Select(asker => client.RunAsync(enrolled, new Random(seed + asker), stop.Token)), EnrolMoreAsync()];
        long start = Stopwatch.GetTimestamp();
        try
        {
            (HttpStatusCode status, JsonElement body) = await Any.SendAsync(HttpMethod.Post, "/v1/galleries/migrated/migration", new { embedder = New });
            status.ShouldBe(HttpStatusCode.OK, body.ToString());
            string maker = await MakerAsync();
            await _grid.KillAsync(maker);
            Say($"{maker}, which made the vectors, is dead");
            await _grid.StartAsync(maker);
            await StateAsync("ready");
            Say("ready");

            string other = _grid.Running.Keys.First(name => name != maker);
            Task<JsonElement?> switching = client.PostAsync("migration/switch", picture: null);
            await Task.Delay(random.Next(0, 250), TestContext.Current.CancellationToken);
            await _grid.KillAsync(other);
            Say($"{other} is dead, in the middle of the switch or a moment later");
            Task again = _grid.StartAsync(other);
            (await switching).ShouldNotBeNull();
            await StateAsync("switched");
            Say("switched");
            await again;
            await AnsweredMoreAsync(client, 40);
            (await client.PostAsync("migration/finish", picture: null)).ShouldNotBeNull();
            await Eventually.AssertAsync(async () => (await Any.SendAsync(HttpMethod.Get, "/v1/galleries/migrated/migration")).Status.ShouldBe(HttpStatusCode.NotFound), seconds: 300);
            Say("ended");
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(load);
        }

        output.WriteLine($"{client.Answered} answers, {client.Repeated} questions asked again, {enrolled.Count} people");
        client.Complaints.ShouldBeEmpty();
        await ShouldBeAsFreshAsync(enrolled);

        async Task EnrolAsync(KeyValuePair<string, byte[]> one)
        {
            if (await client.EnrolAsync(one.Key, one.Value))
            {
                enrolled[one.Key] = one.Value;
            }
        }

        async Task EnrolMoreAsync()
        {
            foreach (KeyValuePair<string, byte[]> one in people[PeopleFirst..])
            {
                await Task.Delay(250, CancellationToken.None);
                if (stop.IsCancellationRequested)
                {
                    return;
                }

                await EnrolAsync(one);
            }
        }

        void Say(string what) => output.WriteLine($"{Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} s: {what}");
    }

    private NodeProcess Any => _grid.Serving.Values.First();

    /// <summary>Waits until a node has made vectors, and says which.</summary>
    private async Task<string> MakerAsync()
    {
        string? found = null;
        await Eventually.AssertAsync(async () =>
        {
            foreach ((string name, NodeProcess node) in _grid.Running)
            {
                string metrics = await node.Http.GetStringAsync("/metrics", TestContext.Current.CancellationToken);
                found = metrics.Split('\n').Any(line => line.StartsWith("facegrid_gallery_migration_faces_total", StringComparison.Ordinal) && !line.TrimEnd().EndsWith(" 0", StringComparison.Ordinal)) ? name : found;
            }

            found.ShouldNotBeNull();
        });
        return found!;
    }

    private Task StateAsync(string wanted) => Eventually.AssertAsync(
        async () =>
        {
            (HttpStatusCode status, JsonElement body) = await Any.SendAsync(HttpMethod.Get, "/v1/galleries/migrated/migration");
            status.ShouldBe(HttpStatusCode.OK, body.ToString());
            body.GetProperty("state").GetString().ShouldBe(wanted, body.ToString());
        },
        seconds: 300); // A node is dead, and everybody's pictures are embedded beside the load.

    private static Task AnsweredMoreAsync(MigratingClient client, long more)
    {
        long before = client.Answered;
        return Eventually.AssertAsync(() =>
        {
            (client.Answered - before).ShouldBeGreaterThan(more);
            return Task.CompletedTask;
        });
    }

    /// <summary>Enrols everybody anew in a gallery of the new model, and compares the templates.</summary>
    private async Task ShouldBeAsFreshAsync(ConcurrentDictionary<string, byte[]> enrolled)
    {
        JsonElement migrated = (await Any.SendAsync(HttpMethod.Get, "/v1/galleries/migrated")).Body;
        migrated.GetProperty("people").GetInt32().ShouldBe(enrolled.Count);
        migrated.GetProperty("contract").GetProperty("id").GetString().ShouldStartWith(New);
        (await Any.SendAsync(HttpMethod.Put, "/v1/galleries/fresh", new { contract = migrated.GetProperty("contract") })).Status.ShouldBe(HttpStatusCode.Created);
        var client = new MigratingClient(_grid, "fresh");
        await Parallel.ForEachAsync(enrolled, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (one, _) => (await client.EnrolAsync(one.Key, one.Value)).ShouldBeTrue(string.Join("; ", client.Complaints)));
        Dictionary<string, float[]> before = await TemplatesAsync("migrated"), after = await TemplatesAsync("fresh");
        before.Keys.ShouldBe(after.Keys, ignoreOrder: true);
        float[] distances = [.. before.Select(one => Distance(one.Value, after[one.Key])).Order()];
        output.WriteLine($"distance to a fresh template: median {distances[distances.Length / 2]:0.0000}, largest {distances[^1]:0.0000}");
        distances[^1].ShouldBeLessThan(CropDistanceMax);
    }

    private async Task<Dictionary<string, float[]>> TemplatesAsync(string gallery)
    {
        JsonElement page = (await Any.SendAsync(HttpMethod.Get, $"/v1/galleries/{gallery}/people?limit=1000&embeddings=true")).Body;
        return page.GetProperty("people").EnumerateArray().ToDictionary(
            person => person.GetProperty("id").GetString()!,
            person => MemoryMarshal.Cast<byte, float>(person.GetProperty("faces").EnumerateArray().Single().GetProperty("embedding").GetBytesFromBase64()).ToArray());
    }

    private static float Distance(float[] a, float[] b) => MathF.Sqrt(a.Zip(b, (x, y) => (x - y) * (x - y)).Sum());
}
