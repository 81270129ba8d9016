using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Text.Json;
using FaceGrid.Tests.Support;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Faults;

/// <summary>
/// Goal: a gallery migrates from MobileFace V2 to foamliu while pictures are identified, with the node killed in the middle, and no answer is wrong or refused; afterwards it tells people apart as well as one
/// that was enrolled with the new model. Method: real pictures, real models, a real process; one enrolled picture per person, asked about all the time; then other pictures of these people and pictures of
/// others. People: <c>FACEGRID_MIGRATION_PEOPLE</c>, default 60; docs/migration.md has the figures for 5,000.
/// </summary>
public sealed class MigrationKillTests(ITestOutputHelper output) : IAsyncDisposable
{
    private const string Old = "mobileface-v2-256", New = "mobilefacenet-foamliu-128";
    private const int Askers = 2;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private NodeProcess? _running;
    private long _asked, _wrong, _refused;
    private readonly ConcurrentBag<string> _complaints = [];

    [Fact]
    public async Task A_gallery_migrates_to_another_model_under_load_although_the_node_is_killed_in_the_middle()
    {
        int count = int.TryParse(Environment.GetEnvironmentVariable("FACEGRID_MIGRATION_PEOPLE"), NumberStyles.None, CultureInfo.InvariantCulture, out int wanted) ? wanted : 60;
        using var directory = new TemporaryDirectory();
        (string Person, byte[][] Pictures)[] people = await ReadAsync(count, strangersMax: Math.Min(count, 700));
        (string Person, byte[][] Pictures)[] enrolled = people[..count], strangers = people[count..];
        Node = await NodeProcess.StartAsync(directory.Path, Both);
        (await Node.SendAsync(HttpMethod.Put, "/v1/galleries/migrated", new { policy = new { enrolment = new { crops = true } } })).Status.ShouldBe(HttpStatusCode.Created);
        await EnrolAsync("migrated", enrolled);

        using var stop = new CancellationTokenSource();
        Task[] askers = [.. Enumerable.Range(0, Askers).Select(asker => AskAsync(enrolled, new Random(asker), stop.Token))];
        long start = Stopwatch.GetTimestamp();
        try
        {
            (await Node.SendAsync(HttpMethod.Post, "/v1/galleries/migrated/migration", new { embedder = New })).Status.ShouldBe(HttpStatusCode.OK);
            await UntilAsync(migration => migration.GetProperty("state").GetString() == "ready" || Whole(migration) >= count / 2);
            await Node.KillAsync();
            NodeProcess dead = Node;
            Node = await NodeProcess.StartAsync(directory.Path, Both);
            await dead.DisposeAsync();
            await UntilAsync(migration => migration.GetProperty("state").GetString() == "ready");
            output.WriteLine($"ready after {Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} s, the kill and the start included");
            long switching = Stopwatch.GetTimestamp();
            (HttpStatusCode status, JsonElement body) = await Node.SendAsync(HttpMethod.Post, "/v1/galleries/migrated/migration/switch");
            status.ShouldBe(HttpStatusCode.OK, body.ToString());
            output.WriteLine($"switched in {Stopwatch.GetElapsedTime(switching).TotalMilliseconds:0} ms");
            await AskedMoreAsync();
            (await Node.SendAsync(HttpMethod.Post, "/v1/galleries/migrated/migration/rollback")).Status.ShouldBe(HttpStatusCode.OK);
            await AskedMoreAsync();
            await UntilAsync(migration => migration.GetProperty("state").GetString() == "ready");
            (await Node.SendAsync(HttpMethod.Post, "/v1/galleries/migrated/migration/switch")).Status.ShouldBe(HttpStatusCode.OK);
            (await Node.SendAsync(HttpMethod.Post, "/v1/galleries/migrated/migration/finish")).Status.ShouldBe(HttpStatusCode.OK);
            await Eventually.AssertAsync(async () => (await Node.SendAsync(HttpMethod.Get, "/v1/galleries/migrated/migration")).Status.ShouldBe(HttpStatusCode.NotFound), 300);
            await AskedMoreAsync();
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(askers);
        }

        output.WriteLine($"{_asked} pictures identified, {_wrong} wrong, {_refused} refused");
        (_wrong, _refused).ShouldBe((0, 0), string.Join(Environment.NewLine, _complaints.Take(5)));
        await Node.StopAsync();
        await Node.DisposeAsync();

        // From now on the new model alone, as an operator would go on, and a gallery enrolled with it.
        Node = await NodeProcess.StartAsync(directory.Path, ("FACEGRID_MODELS", TestData.Models), ("FaceGrid__Vision__Embedder", New));
        (await Node.SendAsync(HttpMethod.Put, "/v1/galleries/fresh")).Status.ShouldBe(HttpStatusCode.Created);
        await EnrolAsync("fresh", enrolled);
        (int found, int rankOne, int mated, int false1, int others) migrated = await MeasureAsync("migrated", enrolled, strangers), fresh = await MeasureAsync("fresh", enrolled, strangers);
        output.WriteLine($"migrated: {migrated.rankOne} of {migrated.mated} nearest, {migrated.found} found, {migrated.false1} of {migrated.others} strangers found");
        output.WriteLine($"fresh: {fresh.rankOne} of {fresh.mated} nearest, {fresh.found} found, {fresh.false1} of {fresh.others} strangers found");
        Math.Abs(migrated.rankOne - fresh.rankOne).ShouldBeLessThanOrEqualTo(1 + (fresh.mated / 100));
        Math.Abs(migrated.found - fresh.found).ShouldBeLessThanOrEqualTo(1 + (fresh.mated / 100));
        Math.Abs(migrated.false1 - fresh.false1).ShouldBeLessThanOrEqualTo(1 + (fresh.others / 100));
    }

    public async ValueTask DisposeAsync()
    {
        if (_running is not null)
        {
            await _running.DisposeAsync();
        }
    }

    private NodeProcess Node
    {
        get => _running!;
        set => _running = value;
    }

    private static (string, string)[] Both =>
    [
        ("FACEGRID_MODELS", TestData.Models),
        ("FaceGrid__Vision__Embedder", Path.Combine(AppContext.BaseDirectory, "Profiles", Old + ".json")),
        ("FaceGrid__Vision__NextEmbedder", New),
    ];

    private static long Whole(JsonElement migration) => migration.TryGetProperty("progress", out JsonElement progress) ? progress.GetProperty("whole").GetInt64() : 0;

    private async Task UntilAsync(Func<JsonElement, bool> condition) => await Eventually.AssertAsync(
        async () =>
        {
            (HttpStatusCode status, JsonElement body) = await Node.SendAsync(HttpMethod.Get, "/v1/galleries/migrated/migration");
            status.ShouldBe(HttpStatusCode.OK, body.ToString());
            condition(body).ShouldBeTrue(body.ToString());
        },
        600);

    private Task AskedMoreAsync()
    {
        long before = Interlocked.Read(ref _asked);
        return Eventually.AssertAsync(() =>
        {
            (Interlocked.Read(ref _asked) - before).ShouldBeGreaterThan(20);
            return Task.CompletedTask;
        });
    }

    /// <summary>Asks who is in enrolled pictures. While the node is dead nobody answers, and the same question is asked again.</summary>
    private async Task AskAsync((string Person, byte[][] Pictures)[] enrolled, Random random, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            (string person, byte[][] pictures) = enrolled[random.Next(enrolled.Length)];
            try
            {
                (int status, string body) = await Portraits.PostAsync(Node, "/v1/galleries/migrated/identify?limit=2", pictures[0]);
                Interlocked.Increment(ref _asked);
                if (status != 200)
                {
                    Interlocked.Increment(ref _refused);
                    _complaints.Add(body);
                }
                else if (!IsRight(JsonDocument.Parse(body).RootElement, person))
                {
                    Interlocked.Increment(ref _wrong);
                    _complaints.Add($"{person}: {body}");
                }
            }
            catch (Exception failure) when (failure is HttpRequestException or ObjectDisposedException or OperationCanceledException)
            {
                await Task.Delay(50, CancellationToken.None);
            }
        }
    }

    // Some people have two ids in LFW, so the other of two at the same distance is right as well. Smaller faces behind count for nothing.
    private static bool IsRight(JsonElement body, string person) => body.GetProperty("complete").GetBoolean() && body.GetProperty("faces").EnumerateArray().Any(
        face => face.GetProperty("candidates").EnumerateArray().FirstOrDefault() is { ValueKind: JsonValueKind.Object } first && first.GetProperty("person").GetString() == person && first.GetProperty("distance").GetDouble() < 0.5);

    private async Task EnrolAsync(string gallery, (string Person, byte[][] Pictures)[] people) => await Parallel.ForEachAsync(
        people,
        new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = Token },
        async (one, _) =>
        {
            (int status, string body) = await Portraits.PostAsync(Node, $"/v1/galleries/{gallery}/people/{Uri.EscapeDataString(one.Person)}/faces?face=main", one.Pictures[0]);
            status.ShouldBe(201, body);
        });

    private async Task<(int Found, int RankOne, int Mated, int False, int Others)> MeasureAsync(
        string gallery, (string Person, byte[][] Pictures)[] enrolled, (string Person, byte[][] Pictures)[] strangers)
    {
        int found = 0, rankOne = 0, mated = 0, false1 = 0, others = 0;
        IEnumerable<(string? Person, byte[] Picture)> probes = [.. enrolled.Where(one => one.Pictures.Length > 1).Select(one => ((string?)one.Person, one.Pictures[1])), .. strangers.Select(one => ((string?)null, one.Pictures[0]))];
        await Parallel.ForEachAsync(probes, new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = Token }, async (probe, _) =>
        {
            (int status, string body) = await Portraits.PostAsync(Node, $"/v1/galleries/{gallery}/identify?limit=1", probe.Picture);
            status.ShouldBe(200, body);
            JsonElement face = JsonDocument.Parse(body).RootElement.GetProperty("faces")[0];
            string? nearest = face.GetProperty("candidates")[0].GetProperty("person").GetString();
            bool match = face.GetProperty("decision").GetString() == "match";
            if (probe.Person is null)
            {
                Interlocked.Increment(ref others);
                Interlocked.Add(ref false1, match ? 1 : 0);
                return;
            }

            Interlocked.Increment(ref mated);
            Interlocked.Add(ref rankOne, nearest == probe.Person ? 1 : 0);
            Interlocked.Add(ref found, match && nearest == probe.Person ? 1 : 0);
        });
        return (found, rankOne, mated, false1, others);
    }

    /// <summary>Reads at most two pictures of each person: first the people to enrol, those with two pictures before others, then strangers.</summary>
    private static async Task<(string Person, byte[][] Pictures)[]> ReadAsync(int enrolled, int strangersMax)
    {
        var people = new SortedDictionary<string, List<byte[]>>(StringComparer.Ordinal);
        foreach (string file in Directory.GetFiles(Path.Combine(TestData.Pictures, "lfw"), "*.zip").Order(StringComparer.Ordinal))
        {
            using ZipArchive zip = await ZipFile.OpenReadAsync(file, Token);
            foreach (ZipArchiveEntry entry in zip.Entries.Where(entry => entry.Name.EndsWith(".jpg", StringComparison.Ordinal)).OrderBy(entry => entry.FullName, StringComparer.Ordinal))
            {
                string person = Path.GetFileName(Path.GetDirectoryName(entry.FullName)!);
                List<byte[]> pictures = people.TryGetValue(person, out List<byte[]>? known) ? known : people[person] = [];
                if (pictures.Count < 2)
                {
                    await using Stream stream = await entry.OpenAsync(Token);
                    using var bytes = new MemoryStream();
                    await stream.CopyToAsync(bytes, Token);
                    pictures.Add(bytes.ToArray());
                }
            }
        }

        return [.. people.OrderByDescending(one => one.Value.Count).ThenBy(one => one.Key, StringComparer.Ordinal).Select(one => (one.Key, one.Value.ToArray())).Take(enrolled + strangersMax)];
    }
}
