using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using FaceGrid.Tests.Cameras;
using FaceGrid.Tests.Faults.Histories;
using FaceGrid.Tests.Support;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Faults.Clusters;

/// <summary>
/// Goal: whatever happens to a cluster, it breaks no promise; it may only say that it cannot answer now. Method: clients of five kinds use three real nodes on a real PostgreSQL while faults are inflicted: they write and ask by
/// vector, merge and part people, write and ask by picture in a gallery that is migrated from one model to another and back all the time, and show people to cameras, which a listener hears of. Everybody is looked for at every node at
/// the end, under both models, and the history of it all is checked. Length: <c>FACEGRID_FAULT_MINUTES</c>, default 0.6; seed: <c>FACEGRID_FAULT_SEED</c>, printed.
/// </summary>
public sealed class FaultTests(ITestOutputHelper output)
{
    private const int Writers = 16, Mergers = 2, Photographers = 2, Cameras = 2;

    private readonly History _history = new();
    private readonly ConcurrentDictionary<string, float[]> _latest = new(StringComparer.Ordinal);

    [Fact]
    public async Task No_fault_makes_the_grid_break_a_promise()
    {
        int seed = int.TryParse(Environment.GetEnvironmentVariable("FACEGRID_FAULT_SEED"), CultureInfo.InvariantCulture, out int given) ? given : Environment.TickCount & 0xffffff;
        double minutes = double.TryParse(Environment.GetEnvironmentVariable("FACEGRID_FAULT_MINUTES"), CultureInfo.InvariantCulture, out double wanted) ? wanted : 0.6;
        output.WriteLine($"seed {seed}, {minutes} minutes");
        var random = new Random(seed);
        await using GridProcesses grid = await StartAsync();
        FacePool pool = await FacePool.FindAsync(grid.Serving.Values.First(), 20 + (int)(8 * minutes));
        var calls = new GridCalls(grid);
        var faults = new FaultSchedule(grid, new Random(random.Next()), output.WriteLine);
        HistoryClient[] writers = [.. Enumerable.Range(0, Writers).Select(client => new HistoryClient(grid, _history, _latest, new Random(random.Next()), client))];
        MergeClient[] mergers = [.. Enumerable.Range(0, Mergers).Select(client => new MergeClient(calls, _history, new Random(random.Next()), client))];
        PictureClient[] photographers = [.. Enumerable.Range(0, Photographers).Select(_ => new PictureClient(calls, _history, pool, new Random(random.Next())))];
        CameraClient[] cameras = [.. Enumerable.Range(0, Cameras).Select(client => new CameraClient(calls, _history, pool, new Random(random.Next()), client))];
        var migrator = new MigrationClient(calls, _history, new Random(random.Next()));
        await using var listener = new EventFollower(() => grid.Serving.Values);
        using var stop = new CancellationTokenSource();
        Task[] running =
        [
            .. writers.Select(client => Task.Run(() => client.RunAsync(stop.Token))),
            .. mergers.Select(client => Task.Run(() => client.RunAsync(stop.Token))),
            .. photographers.Select(client => Task.Run(() => client.RunAsync(stop.Token))),
            .. cameras.Select(client => Task.Run(() => client.RunAsync(stop.Token))),
            Task.Run(() => migrator.RunAsync(stop.Token)),
        ];
        try
        {
            await faults.RunAsync(TimeSpan.FromMinutes(minutes), until: () => Array.Exists(running, client => client.IsFaulted));
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(running);
        }

        await SettleAsync(grid, writers[0]);
        await AskAboutFacesAsync(grid, mergers, photographers[0], migrator);
        await ReadBackAsync(grid, listener);
        Violation[] violations = HistoryChecker.Check(_history);
        new FaultReport(_history, output.WriteLine).Tell(faults, migrator, violations);
        foreach (NodeProcess node in violations.Length > 0 ? grid.Running.Values : [])
        {
            output.WriteLine(node.Output);
        }

        _history.Writes.Count(write => write.Outcome == WriteOutcome.Acknowledged).ShouldBeGreaterThan(100);
        _history.Shows.ShouldNotBeEmpty();
        violations.ShouldBeEmpty($"seed {seed}");
    }

    private static async Task<GridProcesses> StartAsync()
    {
        GridProcesses grid = await GridProcesses.StartAsync(
            3,
            ("FaceGrid__Grid__ShardPeopleMax", "32"),
            ("FaceGrid__Grid__SelfCheckPeriod", "00:00:05"),
            ("FaceGrid__Roles__3", "embedder"),
            ("FACEGRID_MODELS", TestData.Models),
            ("FaceGrid__Vision__Detector", "yunet-n"),
            ("FaceGrid__Vision__Embedder", Path.Combine(AppContext.BaseDirectory, "Profiles", MigrationClient.One + ".json")),
            ("FaceGrid__Vision__NextEmbedder", MigrationClient.Other));
        object vectors = new { contract = new { id = "test@1", dimension = TestVectors.Dimension }, identifyThreshold = 0.1, verifyThreshold = 0.1 };
        object pictures = new { policy = new { enrolment = new { crops = true } }, identifyThreshold = MigrationClient.Threshold, verifyThreshold = MigrationClient.Threshold };
        foreach ((string gallery, object settings) in ((string, object)[])[(HistoryClient.Gallery, vectors), (MergeClient.Gallery, vectors), (PicturePeople.Gallery, pictures)])
        {
            (await grid.Serving.Values.First().SendAsync(HttpMethod.Put, gallery, settings)).Status.ShouldBe(HttpStatusCode.Created);
        }

        return grid;
    }

    /// <summary>Waits until the grid has finished what it said it would, then looks for everybody at every node.</summary>
    private async Task SettleAsync(GridProcesses grid, HistoryClient client)
    {
        WriteRecord[] last = [.. _history.Writes.GroupBy(write => write.Person, (_, writes) => writes.OrderBy(write => write.Start).Last())];
        long begin = Stopwatch.GetTimestamp();
        foreach (WriteRecord owed in last.Where(write => write.Outcome == WriteOutcome.Durable))
        {
            while (Stopwatch.GetElapsedTime(begin) < TimeSpan.FromSeconds(60))
            {
                IdentifyRecord answer = await client.IdentifyAsync(grid.Serving.Keys.First(), owed.Vector!, partial: false);
                if (answer.Body?.Nearest.Any(near => near.Person == owed.Person) == true)
                {
                    break;
                }

                await Task.Delay(100);
            }
        }

        _history.SettledAt = Stopwatch.GetTimestamp();
        foreach (string node in grid.Serving.Keys)
        {
            // Everybody is asked for until there is an answer: at the end "not now" is not enough.
            await Parallel.ForEachAsync(_latest, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (pair, _) => await Eventually.AssertAsync(async () =>
            {
                (await client.IdentifyAsync(node, pair.Value, partial: false)).Problem.ShouldBeNull();
                (await client.VerifyAsync(node, pair.Key, pair.Value)).Problem.ShouldBeOneOf([null, Problems.NoPerson]);
            }));
        }
    }

    /// <summary>Looks for all faces of pairs, and for every picture under both models.</summary>
    private async Task AskAboutFacesAsync(GridProcesses grid, MergeClient[] mergers, PictureClient client, MigrationClient migrator)
    {
        string[] nodes = [.. grid.Serving.Keys];
        foreach (MergeClient merger in mergers)
        {
            await merger.AskAllAsync(nodes[0]);
        }

        string[] faces = [.. _history.FaceWrites.Where(write => write.Person == write.Face).Select(write => write.Face).Distinct()];
        foreach (string state in (string[])["ready", "switched"])
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(180));
            await migrator.ReachAsync(state, limit.Token);
            limit.IsCancellationRequested.ShouldBeFalse($"the migration is not {state}: {migrator.Last}");
            await Parallel.ForEachAsync(faces.Index(), new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (face, _) => await Eventually.AssertAsync(async () =>
            {
                (await client.AskAsync(nodes[face.Index % nodes.Length], face.Item, claimed: null)).Problem.ShouldBeNull();
                (await client.AskAsync(nodes[face.Index % nodes.Length], face.Item, claimed: face.Item)).Problem.ShouldBeOneOf([null, Problems.NoPerson]);
            }));
        }
    }

    /// <summary>Reads what is left in the end: events, and rows.</summary>
    private async Task ReadBackAsync(GridProcesses grid, EventFollower listener)
    {
        _history.Events = await GridRows.EventsAsync(grid, TestContext.Current.CancellationToken);
        await Eventually.AssertAsync(() =>
        {
            listener.Reported.LastOrDefault().Position.ShouldBeGreaterThanOrEqualTo(_history.Events.Count == 0 ? 0 : _history.Events[^1].Position);
            return Task.CompletedTask;
        });
        _history.Heard = [.. listener.Reported.Where(told => told.Kind != "gap").Select(told => told.Position)];
        _history.Remaining = await GridRows.PeopleAsync(grid);
    }
}
