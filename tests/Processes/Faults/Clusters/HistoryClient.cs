using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using FaceGrid.Tests.Faults.Histories;
using FaceGrid.Tests.Support;

namespace FaceGrid.Tests.Faults.Clusters;

/// <summary>A client that enrols, deletes, verifies and identifies by vector at whichever node serves, and records what it asked and was told. Only it writes its people.</summary>
/// <param name="grid">The nodes.</param>
/// <param name="history">Where it records.</param>
/// <param name="latest">What was last enrolled of whom, shared by all clients: whom to ask about.</param>
/// <param name="random">Its choices.</param>
/// <param name="client">Its number.</param>
internal sealed class HistoryClient(GridProcesses grid, History history, ConcurrentDictionary<string, float[]> latest, Random random, int client)
{
    /// <summary>The gallery of all clients.</summary>
    public const string Gallery = "/v1/galleries/people";

    private const int People = 40;
    private const int Limit = 5;

    private static readonly TimeSpan PauseMax = TimeSpan.FromMilliseconds(60);

    private readonly GridCalls _calls = new(grid);
    private readonly Life[] _people = [.. Enumerable.Range(0, People).Select(i => new Life($"c{client}p{i}"))];

    private int _replaced;

    private enum State
    {
        Absent,
        Present,
        Enrolling,
        Deleting,
    }

    /// <summary>Asks until told to stop.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            if (_calls.AnyNode(random) is { } node)
            {
                await (random.Next(10) switch
                {
                    < 3 => WriteAsync(node),
                    < 8 => IdentifyAsync(node, random.Next(4) == 0 ? TestVectors.RandomUnit(random) : Somebody().Vector, partial: random.Next(10) == 0),
                    _ => VerifyAsync(node),
                });
            }

            await Task.Delay(PauseMax * random.NextDouble(), CancellationToken.None);
        }
    }

    /// <summary>Asks one node who is nearest to a probe.</summary>
    /// <returns>The record, which is in the history already.</returns>
    public async Task<IdentifyRecord> IdentifyAsync(string node, float[] probe, bool partial)
    {
        long start = Stopwatch.GetTimestamp();
        (string? problem, JsonElement body) = await _calls.SendAsync(node, HttpMethod.Post, $"{Gallery}/identify?limit={Limit}&partial={(partial ? "true" : "false")}", new { embeddings = new[] { probe } });
        IdentifyBody? answer = problem is not null ? null : new IdentifyBody(
            [.. body.GetProperty("faces")[0].GetProperty("candidates").EnumerateArray().Select(near => new Near(near.GetProperty("person").GetString()!, near.GetProperty("distance").GetSingle()))],
            body.GetProperty("people").GetInt64(),
            body.GetProperty("complete").GetBoolean(),
            body.GetProperty("shards").GetProperty("asked").GetInt32(),
            body.GetProperty("shards").GetProperty("answered").GetInt32());
        var record = new IdentifyRecord(node, start, Stopwatch.GetTimestamp(), probe, Limit, partial, problem, answer);
        history.Identifies.Enqueue(record);
        return record;
    }

    /// <summary>Asks one node whether a probe is a person.</summary>
    /// <returns>The record, which is in the history already.</returns>
    public async Task<VerifyRecord> VerifyAsync(string node, string person, float[] probe)
    {
        long start = Stopwatch.GetTimestamp();
        (string? problem, JsonElement body) = await _calls.SendAsync(node, HttpMethod.Post, $"{Gallery}/people/{person}/verify", new { embedding = probe });
        var record = new VerifyRecord(node, start, Stopwatch.GetTimestamp(), person, probe, problem, problem is null ? body.GetProperty("distance").GetSingle() : null);
        history.Verifies.Enqueue(record);
        return record;
    }

    private async Task VerifyAsync(string node)
    {
        (string person, float[] vector) = Somebody();
        await VerifyAsync(node, person, random.Next(2) == 0 ? vector : TestVectors.RandomUnit(random));
    }

    private async Task WriteAsync(string node)
    {
        int index = random.Next(People);
        Life life = _people[index];
        if (life.State is State.Present or State.Deleting || (life.State == State.Enrolling && random.Next(4) == 0))
        {
            WriteOutcome outcome = await RecordAsync(life.Person, null, () => _calls.SendAsync(node, HttpMethod.Delete, $"{Gallery}/people/{life.Person}"));
            life.State = outcome == WriteOutcome.Unknown ? State.Deleting : State.Absent;
            life.Doubted |= outcome == WriteOutcome.Unknown;
            if (life is { State: State.Absent, Doubted: true })
            {
                // What was not answered may still happen, so nothing certain could be said about this person any more: somebody else comes in their place.
                _people[index] = new Life($"c{client}p{index}-{++_replaced}");
            }

            return;
        }

        // What was not answered is tried again as it was; a new life has a new face.
        float[] vector = life.State == State.Enrolling ? latest[life.Person] : TestVectors.RandomUnit(random);
        latest[life.Person] = vector;
        WriteOutcome enrolled = await RecordAsync(life.Person, vector, () => _calls.SendAsync(node, HttpMethod.Post, $"{Gallery}/people/{life.Person}/faces", new { embedding = vector }));
        life.State = enrolled == WriteOutcome.Unknown ? State.Enrolling : State.Present;
        life.Doubted |= enrolled == WriteOutcome.Unknown;
    }

    private async Task<WriteOutcome> RecordAsync(string person, float[]? vector, Func<Task<(string? Problem, JsonElement Body)>> write)
    {
        long start = Stopwatch.GetTimestamp();
        (string? problem, JsonElement body) = await write();
        WriteOutcome outcome = problem is not null ? WriteOutcome.Unknown
            : vector is null || body.GetProperty("searchable").GetBoolean() ? WriteOutcome.Acknowledged
            : WriteOutcome.Durable;
        history.Writes.Enqueue(new WriteRecord(person, vector, start, Stopwatch.GetTimestamp(), outcome, problem));
        return outcome;
    }

    private (string Person, float[] Vector) Somebody()
    {
        string[] people = [.. latest.Keys];
        string person = people.Length == 0 ? _people[0].Person : people[random.Next(people.Length)];
        return (person, latest.TryGetValue(person, out float[]? vector) ? vector : TestVectors.RandomUnit(random));
    }

    private sealed class Life(string person)
    {
        public string Person { get; } = person;

        public State State { get; set; } = State.Absent;

        public bool Doubted { get; set; }
    }
}
