using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;
using FaceGrid.Tests.Faults.Histories;
using FaceGrid.Tests.Support;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Faults.Clusters;

/// <summary>
/// Goal: when one node of three dies or hangs under load, the other two soon answer everything again, and never wrongly. Method: 64 clients identify and verify at the nodes that serve; one of them
/// is killed or frozen. How many requests failed and for how long is printed, not asserted. Rounds: <c>FACEGRID_FAULT_ROUNDS</c>, default 1; seed: <c>FACEGRID_FAULT_SEED</c>, printed.
/// </summary>
public sealed class RecoveryTests(ITestOutputHelper output)
{
    private const int Clients = 64;
    private const int People = 600;

    private static readonly TimeSpan Steady = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Watched = TimeSpan.FromSeconds(20);

    private readonly History _history = new();
    private readonly ConcurrentDictionary<string, float[]> _people = new(StringComparer.Ordinal);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task After_a_node_dies_or_hangs_the_others_answer_everything_again(bool frozen)
    {
        int seed = Setting("FACEGRID_FAULT_SEED", Environment.TickCount & 0xffffff), rounds = Setting("FACEGRID_FAULT_ROUNDS", 1);
        output.WriteLine($"seed {seed}, {rounds} rounds, {(frozen ? "frozen" : "killed")}");
        var random = new Random(seed);
        await using GridProcesses grid = await GridProcesses.StartAsync(3, ("FaceGrid__Grid__ShardPeopleMax", "32"));
        long start = Stopwatch.GetTimestamp();
        string[] late = await EnrolAsync(grid.Serving.Values.First(), random, start);
        var asker = new HistoryClient(grid, _history, _people, random, 0);
        using var stop = new CancellationTokenSource();
        int salt = random.Next();
        await WaitAsync(grid, asker);
        Record(late, start); // Only from here on must they be found.

        Task[] clients = [.. Enumerable.Range(0, Clients).Select(client => Task.Run(() => AskAsync(grid, asker, new Random(salt + client), stop.Token)))];
        try
        {
            for (int round = 0; round < rounds; round++)
            {
                await Task.Delay(Steady, TestContext.Current.CancellationToken);
                string victim = grid.Serving.Keys.ElementAt(random.Next(3));
                long begin = Stopwatch.GetTimestamp();
                await BreakAsync(grid, victim, frozen);
                await Task.Delay(Watched, TestContext.Current.CancellationToken);
                Report(victim, begin, Stopwatch.GetTimestamp());
                await MendAsync(grid, victim, frozen);
                await WaitAsync(grid, asker);
            }
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(clients);
        }

        HistoryChecker.Check(_history).ShouldBeEmpty($"seed {seed}");
    }

    private async Task AskAsync(GridProcesses grid, HistoryClient asker, Random random, CancellationToken stop)
    {
        string[] people = [.. _people.Keys];
        while (!stop.IsCancellationRequested)
        {
            string person = people[random.Next(people.Length)], node = Any([.. grid.Serving.Keys], random);
            Task question = random.Next(2) == 0 ? asker.IdentifyAsync(node, _people[person], partial: false) : asker.VerifyAsync(node, person, _people[person]);
            await question;
            await Task.Delay(random.Next(100), CancellationToken.None); // The nodes share the machine with us: this is about faults, not about load.
        }
    }

    private static string Any(string[] names, Random random) => names[random.Next(names.Length)];

    private static async Task BreakAsync(GridProcesses grid, string victim, bool frozen)
    {
        if (frozen)
        {
            grid.Freeze(victim);
        }
        else
        {
            await grid.KillAsync(victim);
        }
    }

    private static async Task MendAsync(GridProcesses grid, string victim, bool frozen)
    {
        if (frozen)
        {
            await grid.KillAsync(victim);
        }

        await grid.StartAsync(victim);
    }

    /// <summary>Waits until every node finds everybody.</summary>
    private static Task WaitAsync(GridProcesses grid, HistoryClient asker) => Eventually.AssertAsync(async () =>
    {
        foreach (string node in grid.Serving.Keys)
        {
            (await asker.IdentifyAsync(node, TestVectors.RandomUnit(new Random(1)), partial: false)).Body.ShouldNotBeNull().People.ShouldBe(People);
        }
    });

    /// <summary>Enrols everybody, and gives those who were told to wait (202): durable, not yet searchable.</summary>
    private async Task<string[]> EnrolAsync(NodeProcess node, Random random, long start)
    {
        await node.SendAsync(HttpMethod.Put, HistoryClient.Gallery, new { contract = new { id = "test@1", dimension = TestVectors.Dimension }, identifyThreshold = 0.1, verifyThreshold = 0.1 });
        for (int i = 0; i < People; i++)
        {
            _people.TryAdd($"p{i}", TestVectors.RandomUnit(random));
        }

        (HttpStatusCode status, JsonElement answer) = await node.SendAsync(
            HttpMethod.Post, $"{HistoryClient.Gallery}/people", new { people = _people.Select(pair => new { id = pair.Key, faces = new[] { new { embedding = pair.Value } } }) });
        status.ShouldBe(HttpStatusCode.OK);
        (string Person, int Status)[] results = [.. answer.GetProperty("results").EnumerateArray().Select(result => (result.GetProperty("id").GetString()!, result.GetProperty("status").GetInt32()))];
        results.ShouldAllBe(result => result.Status == 201 || result.Status == 202);
        Record(results.Where(result => result.Status == 201).Select(result => result.Person), start);
        return [.. results.Where(result => result.Status == 202).Select(result => result.Person)];
    }

    private void Record(IEnumerable<string> people, long start)
    {
        foreach (string person in people)
        {
            _history.Writes.Enqueue(new WriteRecord(person, _people[person], start, Stopwatch.GetTimestamp(), WriteOutcome.Acknowledged));
        }
    }

    /// <summary>Says what became of the requests that were under way when it happened, or were sent afterwards.</summary>
    private void Report(string victim, long begin, long end)
    {
        (string Node, long Start, long End, string? Problem)[] requests =
        [
            .. _history.Identifies.Select(identify => (identify.Node, identify.Start, identify.End, identify.Problem)),
            .. _history.Verifies.Select(verify => (verify.Node, verify.Start, verify.End, verify.Problem)),
        ];
        (string Node, long Start, long End, string? Problem)[] elsewhere = [.. requests.Where(request => request.Node != victim && request.End >= begin && request.Start < end)];
        (string Node, long Start, long End, string? Problem)[] failed = [.. elsewhere.Where(request => request.Problem is not null)];
        double slowest = elsewhere.Max(request => Stopwatch.GetElapsedTime(request.Start, request.End).TotalSeconds);
        double last = failed.Select(request => Stopwatch.GetElapsedTime(begin, request.End).TotalSeconds).Append(0).Max();
        double lastSlow = elsewhere.Where(request => Stopwatch.GetElapsedTime(request.Start, request.End) > TimeSpan.FromSeconds(1))
            .Select(request => Stopwatch.GetElapsedTime(begin, request.End).TotalSeconds).Append(0).Max();
        int lost = requests.Count(request => request.Node == victim && request.End >= begin && request.Start < end && request.Problem is not null);
        output.WriteLine(
            $"{victim}: {lost} requests under way there were lost; {elsewhere.Length} at the others, {failed.Length} failed ({(double)failed.Length / elsewhere.Length:p2}), the last after {last:f1} s; "
            + $"the last answer that took more than 1 s came after {lastSlow:f1} s, the slowest took {slowest:f1} s. "
            + string.Join(", ", failed.GroupBy(request => request.Problem, (problem, all) => $"{all.Count()} x {problem}")));
    }

    private static int Setting(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out int value) ? value : otherwise;
}
