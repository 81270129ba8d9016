using System.Diagnostics;
using System.Text.Json;
using FaceGrid.Tests.Faults.Histories;

namespace FaceGrid.Tests.Faults.Clusters;

/// <summary>A client that enrols pairs of people by vector, merges them, parts them again and deletes them, asks whose their faces are, and records it all. Only it writes its people.</summary>
/// <param name="calls">Calls nodes.</param>
/// <param name="history">Where it records.</param>
/// <param name="random">Its choices.</param>
/// <param name="client">Its number.</param>
internal sealed class MergeClient(GridCalls calls, History history, Random random, int client)
{
    /// <summary>The gallery of all such clients.</summary>
    public const string Gallery = "/v1/galleries/pairs";

    private const int Pairs = 12;
    private const string FacePrefix = "face of ";

    private static readonly TimeSpan PauseMax = TimeSpan.FromMilliseconds(200);

    private readonly Pair[] _pairs = [.. Enumerable.Range(0, Pairs).Select(index => new Pair($"m{client}p{index}", random))];
    private int _replaced;

    private enum Step
    {
        Enrol,
        Merge,
        Part,
        Delete,
    }

    /// <summary>Whether a face is one of such clients'.</summary>
    public static bool Owns(string face) => face.StartsWith(FacePrefix, StringComparison.Ordinal);

    /// <summary>Asks until told to stop.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            if (calls.AnyNode(random) is { } node)
            {
                int index = random.Next(Pairs);
                await (random.Next(10) < 4 ? WriteAsync(node, index) : AskAsync(node, _pairs[index], random.Next(2), random.Next(3) == 0 ? _pairs[index].People[random.Next(2)] : null));
            }

            await Task.Delay(PauseMax * random.NextDouble(), CancellationToken.None);
        }
    }

    /// <summary>Asks one node about all faces that it has now, until each has an answer.</summary>
    public async Task AskAllAsync(string node)
    {
        foreach (Pair pair in _pairs)
        {
            for (int face = 0; face < 2; face++)
            {
                await UntilAnsweredAsync(() => AskAsync(node, pair, face, claimed: null));
            }
        }
    }

    private static async Task UntilAnsweredAsync(Func<Task<FaceQuestion>> ask)
    {
        while ((await ask()).Problem is { } problem && Problems.IsHonest(problem))
        {
            await Task.Delay(200);
        }
    }

    private async Task<FaceQuestion> AskAsync(string node, Pair pair, int face, string? claimed)
    {
        long start = Stopwatch.GetTimestamp();
        (string? problem, JsonElement body) = claimed is null
            ? await calls.SendAsync(node, HttpMethod.Post, $"{Gallery}/identify?limit=2", new { embeddings = new[] { pair.Vectors[face] } })
            : await calls.SendAsync(node, HttpMethod.Post, $"{Gallery}/people/{claimed}/verify", new { embedding = pair.Vectors[face] });
        string? named = problem is not null ? null : claimed is null ? FaceAnswers.NamedIn(body) : body.GetProperty("match").GetBoolean() ? claimed : null;
        var record = new FaceQuestion(node, start, Stopwatch.GetTimestamp(), pair.FaceOf(face), claimed, problem, named, problem is not null || claimed is not null || body.GetProperty("complete").GetBoolean());
        history.FaceQuestions.Enqueue(record);
        return record;
    }

    /// <summary>Takes the next step with a pair; what was not answered, or is not searchable yet, is tried again as it was.</summary>
    private async Task WriteAsync(string node, int index)
    {
        Pair pair = _pairs[index];
        Step step = pair.Pending ?? (pair.IsDoubted ? Step.Delete : !pair.IsThere ? Step.Enrol : random.Next(3) == 0 ? Step.Delete : pair.IsMerged ? Step.Part : Step.Merge);
        WriteOutcome outcome = await (step switch
        {
            Step.Enrol => EnrolAsync(node, pair),
            Step.Merge => MoveAsync(node, pair, "merge", pair.People[0]),
            Step.Part => MoveAsync(node, pair, "unmerge", pair.People[1]),
            _ => DeleteAsync(node, pair),
        });
        pair.IsDoubted |= outcome == WriteOutcome.Unknown;

        // Somebody who may be in the middle of a merge takes nothing but its end, so a pair in doubt is deleted and not enrolled again: another one comes in its place.
        pair.Pending = outcome == WriteOutcome.Durable ? step : null;
        if (outcome != WriteOutcome.Acknowledged)
        {
            return;
        }

        (pair.IsThere, pair.IsMerged) = (step != Step.Delete, step == Step.Merge);
        if (step == Step.Delete && pair.IsDoubted)
        {
            _pairs[index] = new Pair($"m{client}p{index}-{++_replaced}", random);
        }
    }

    private async Task<WriteOutcome> EnrolAsync(string node, Pair pair)
    {
        for (int face = 0; face < 2; face++)
        {
            long start = Stopwatch.GetTimestamp();
            (string? problem, JsonElement body) = await calls.SendAsync(node, HttpMethod.Post, $"{Gallery}/people/{pair.People[face]}/faces", new { embedding = pair.Vectors[face] });
            WriteOutcome outcome = problem is not null ? WriteOutcome.Unknown : body.GetProperty("searchable").GetBoolean() ? WriteOutcome.Acknowledged : WriteOutcome.Durable;
            Record(pair, face, pair.People[face], start, outcome, problem);
            if (outcome != WriteOutcome.Acknowledged)
            {
                return outcome;
            }
        }

        return WriteOutcome.Acknowledged;
    }

    private async Task<WriteOutcome> MoveAsync(string node, Pair pair, string verb, string to)
    {
        long start = Stopwatch.GetTimestamp();
        (string? problem, _) = await calls.SendAsync(node, HttpMethod.Post, $"{Gallery}/people/{pair.People[0]}/{verb}/{pair.People[1]}");
        WriteOutcome outcome = problem is null ? WriteOutcome.Acknowledged : WriteOutcome.Unknown;
        Record(pair, face: 1, to, start, outcome, problem, isMove: true);
        return outcome;
    }

    private async Task<WriteOutcome> DeleteAsync(string node, Pair pair)
    {
        long start = Stopwatch.GetTimestamp();
        string? problem = null;
        foreach (string person in pair.People)
        {
            problem ??= (await calls.SendAsync(node, HttpMethod.Delete, $"{Gallery}/people/{person}")).Problem;
        }

        WriteOutcome outcome = problem is null ? WriteOutcome.Acknowledged : WriteOutcome.Unknown;
        Record(pair, 0, null, start, outcome, problem);
        Record(pair, 1, null, start, outcome, problem);
        return outcome;
    }

    private void Record(Pair pair, int face, string? person, long start, WriteOutcome outcome, string? problem, bool isMove = false) => history.FaceWrites.Enqueue(
        new FaceWrite(pair.FaceOf(face), person, start, Stopwatch.GetTimestamp(), outcome, problem) { IsMove = isMove, IsDoubted = pair.IsDoubted });

    private sealed class Pair(string name, Random random)
    {
        public string[] People { get; } = [name + "a", name + "b"];

        public float[][] Vectors { get; } = [TestVectors.RandomUnit(random), TestVectors.RandomUnit(random)];

        public Step? Pending { get; set; }

        public bool IsThere { get; set; }

        public bool IsMerged { get; set; }

        public bool IsDoubted { get; set; }

        public string FaceOf(int face) => FacePrefix + People[face];
    }
}
