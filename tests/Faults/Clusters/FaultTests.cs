using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using FaceGrid.Tests.Histories;
using FaceGrid.Tests.Support;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Clusters;

/// <summary>
/// Goal: whatever happens to a cluster, it breaks no promise; it may only say that it cannot answer now. Method: 16 clients write and ask at three real nodes on a real PostgreSQL while faults
/// are inflicted, everybody is looked for at every node at the end, and the history of it all is checked. Length: <c>FACEGRID_FAULT_MINUTES</c>, default 0.6; seed: <c>FACEGRID_FAULT_SEED</c>, printed.
/// </summary>
public sealed class FaultTests(ITestOutputHelper output)
{
    private const int Clients = 16;

    [Fact]
    public async Task No_fault_makes_the_grid_break_a_promise()
    {
        int seed = int.TryParse(Environment.GetEnvironmentVariable("FACEGRID_FAULT_SEED"), CultureInfo.InvariantCulture, out int given) ? given : Environment.TickCount & 0xffffff;
        double minutes = double.TryParse(Environment.GetEnvironmentVariable("FACEGRID_FAULT_MINUTES"), CultureInfo.InvariantCulture, out double wanted) ? wanted : 0.6;
        output.WriteLine($"seed {seed}, {minutes} minutes");
        var random = new Random(seed);
        await using GridProcesses grid = await GridProcesses.StartAsync(
            3, ("FaceGrid__Grid__ShardPeopleMax", "32"), ("FaceGrid__Grid__SelfCheckPeriod", "00:00:05"));
        await grid.Serving.Values.First().SendAsync(
            HttpMethod.Put, HistoryClient.Gallery, new { contract = new { id = "test@1", dimension = TestVectors.Dimension }, identifyThreshold = 0.1, verifyThreshold = 0.1 });

        var history = new History();
        var latest = new ConcurrentDictionary<string, float[]>(StringComparer.Ordinal);
        var faults = new FaultSchedule(grid, new Random(random.Next()), output.WriteLine);
        HistoryClient[] clients = [.. Enumerable.Range(0, Clients).Select(client => new HistoryClient(grid, history, latest, new Random(random.Next()), client))];
        using var stop = new CancellationTokenSource();
        Task[] running = [.. clients.Select(client => Task.Run(() => client.RunAsync(stop.Token)))];
        try
        {
            await faults.RunAsync(TimeSpan.FromMinutes(minutes));
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(running);
        }

        await SettleAsync(grid, history, latest, clients[0]);
        Violation[] violations = HistoryChecker.Check(history);
        Report(history, faults, violations);
        foreach (NodeProcess node in violations.Length > 0 ? grid.Running.Values : [])
        {
            output.WriteLine(node.Output);
        }

        history.Writes.Count(write => write.Outcome == WriteOutcome.Acknowledged).ShouldBeGreaterThan(100);
        violations.ShouldBeEmpty($"seed {seed}");
    }

    /// <summary>Waits until the grid has finished what it said it would, then looks for everybody at every node.</summary>
    private static async Task SettleAsync(GridProcesses grid, History history, ConcurrentDictionary<string, float[]> latest, HistoryClient client)
    {
        WriteRecord[] last = [.. history.Writes.GroupBy(write => write.Person, (_, writes) => writes.OrderBy(write => write.Start).Last())];
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

        history.SettledAt = Stopwatch.GetTimestamp();
        foreach (string node in grid.Serving.Keys)
        {
            // Everybody is asked for until there is an answer: at the end "not now" is not enough.
            await Parallel.ForEachAsync(latest, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (pair, _) => await Eventually.AssertAsync(async () =>
            {
                (await client.IdentifyAsync(node, pair.Value, partial: false)).Problem.ShouldBeNull();
                (await client.VerifyAsync(node, pair.Key, pair.Value)).Problem.ShouldBeOneOf([null, Problems.NoPerson]);
            }));
        }
    }

    private void Report(History history, FaultSchedule faults, Violation[] violations)
    {
        output.WriteLine($"faults: {string.Join(", ", faults.Counts.Select(count => $"{count.Value} {count.Key}"))}");
        Tell("writes", [.. history.Writes.Select(write => write.Problem)]);
        Tell("identifies", [.. history.Identifies.Select(identify => identify.Problem)]);
        Tell("verifies", [.. history.Verifies.Select(verify => verify.Problem == Problems.NoPerson ? null : verify.Problem)]);
        output.WriteLine($"202: {history.Writes.Count(write => write.Outcome == WriteOutcome.Durable)}, labelled partial: {history.Identifies.Count(identify => identify.Body is { Complete: false })}");
        foreach (string ended in faults.Ended)
        {
            output.WriteLine(ended);
        }

        output.WriteLine($"violations: {violations.Length} {string.Join(", ", violations.GroupBy(violation => violation.Kind, (kind, all) => $"{all.Count()} {kind}"))}");
        foreach (Violation violation in violations.Take(50))
        {
            output.WriteLine($"{violation.Kind}: {violation.Detail}");
        }
    }

    private void Tell(string what, string?[] problems)
    {
        int failed = problems.Count(problem => problem is not null);
        string kinds = string.Join(", ", problems.OfType<string>().GroupBy(problem => problem, (problem, all) => $"{all.Count()} x {problem}"));
        output.WriteLine($"{problems.Length} {what}, failed {(double)failed / Math.Max(1, problems.Length):p2} {kinds}");
    }
}
