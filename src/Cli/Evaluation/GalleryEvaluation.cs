using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using FaceGrid.Cli.Cluster;
using FaceGrid.Cli.Enrolment;
using FaceGrid.Cli.Evaluation.Faces;
using FaceGrid.Cli.Galleries;
using FaceGrid.Cli.Shell;
using FaceGrid.Search;

namespace FaceGrid.Cli.Evaluation;

/// <summary>Asks a grid about pictures and works the answers out again over vectors read from it.</summary>
internal sealed class GalleryEvaluation
{
    private const int Limit = 5;
    private const int ExamplesMax = 20;
    private readonly Session session;
    private readonly LabelledPictures data;
    private readonly double tolerance;
    private readonly bool byEmbedding;
    private readonly string contract;
    private readonly (string Person, float[] Templates)[] people;
    private readonly HashSet<string> enrolled;
    private readonly ConcurrentBag<double> milliseconds = [];
    private readonly ConcurrentQueue<string> examples = new();
    private readonly ConcurrentQueue<FaceMissing> failures = new();
    private readonly Lock gate = new();
    private int probes;
    private int withoutFace;
    private int notEnrolled;
    private int right;
    private int mismatches;
    private double differenceMax;

    private GalleryEvaluation(Session session, LabelledPictures data, double tolerance, bool byEmbedding, string contract, (string Person, float[] Templates)[] people)
    {
        this.session = session;
        this.data = data;
        this.tolerance = tolerance;
        this.byEmbedding = byEmbedding;
        this.contract = contract;
        this.people = people;
        enrolled = [.. people.Select(person => person.Person)];
    }

    /// <summary>Reads the whole gallery.</summary>
    /// <param name="session">The run.</param>
    /// <param name="data">The pictures.</param>
    /// <param name="tolerance">Difference of two distances that counts as none.</param>
    /// <param name="byEmbedding">True to identify vectors instead of pictures.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>The evaluation.</returns>
    public static async Task<GalleryEvaluation> OpenAsync(Session session, LabelledPictures data, double tolerance, bool byEmbedding, CancellationToken cancellationToken)
    {
        JsonElement gallery = (await session.Client.GetAsync(session.GalleryPath, cancellationToken)).Body;
        GalleryContract bound = GalleryExport.ReadContract(gallery) ?? throw new CliException($"Nobody is enrolled in '{session.Gallery}'.", "contract-unknown");
        List<(string, float[])> everybody = [];
        await foreach (GalleryFilePerson person in GalleryPages.ReadAsync(session, bound, [], cancellationToken))
        {
            if (person.Faces.Count > 0)
            {
                everybody.Add((person.Id, [.. person.Faces.SelectMany(face => VectorText.Read(face.Embedding)!)]));
            }
        }

        return new GalleryEvaluation(session, data, tolerance, byEmbedding, bound.Id, [.. everybody]);
    }

    /// <summary>Asks and compares.</summary>
    /// <param name="first">Only this many probes, or null for all.</param>
    /// <param name="concurrency">Pictures under way at once.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>The figures.</returns>
    public async Task<GalleryFigures> RunAsync(int? first, int concurrency, CancellationToken cancellationToken)
    {
        int[] all = [.. Enumerable.Range(0, data.Files.Length).Except(RankOne.FirstPictures(data))];
        int count = Math.Min(first ?? all.Length, all.Length);
        int[] wanted = [.. Enumerable.Range(0, count).Select(i => all[(int)((long)i * all.Length / count)])];
        long started = Stopwatch.GetTimestamp();
        await using (Progress progress = Progress.Start(session, "identifying", wanted.Length))
        {
            ParallelOptions options = new() { MaxDegreeOfParallelism = concurrency, CancellationToken = cancellationToken };
            await Parallel.ForEachAsync(data.ReadAsync(wanted, cancellationToken), options, async (picture, token) =>
            {
                await TryAskAsync(picture.Index, new Picture(picture.Bytes, "image/jpeg"), token);
                progress.Advance(mismatches);
            });
        }

        return Figures(Stopwatch.GetElapsedTime(started).TotalSeconds);
    }

    private GalleryFigures Figures(double seconds)
    {
        double[] times = [.. milliseconds.Order()];
        int known = probes - notEnrolled;
        return new GalleryFigures(
            session.Gallery,
            people.Length,
            people.Sum(person => person.Templates.Length) / Math.Max(1, VectorLength),
            probes,
            withoutFace,
            notEnrolled,
            known == 0 ? 0 : (double)right / known,
            mismatches,
            tolerance,
            differenceMax,
            Math.Round(seconds, 3),
            Math.Round(probes / seconds, 1),
            times.Length == 0 ? 0 : times[times.Length / 2],
            times.Length == 0 ? 0 : times[(int)(times.Length * 0.99)],
            [.. examples],
            [.. failures.OrderBy(failure => failure.File, StringComparer.Ordinal)]);
    }

    private int VectorLength { get; set; }

    private async Task TryAskAsync(int index, Picture picture, CancellationToken cancellationToken)
    {
        try
        {
            await AskAsync(index, picture, cancellationToken);
        }
        catch (ClusterProblemException problem) when (!problem.IsTransient && problem.Status is not (401 or 404))
        {
            failures.Enqueue(new FaceMissing(data.Files[index], $"{problem.Message} ({problem.Code}{(problem.RequestId is null ? "" : $", request {problem.RequestId}")})"));
        }
    }

    private async Task AskAsync(int index, Picture picture, CancellationToken cancellationToken)
    {
        JsonElement embedded = (await session.Client.PostPictureAsync("v1/embed", picture, cancellationToken)).Body;
        if (GalleryExport.ReadContract(embedded)?.Id != contract)
        {
            throw new CliException($"The grid embeds with '{GalleryExport.ReadContract(embedded)?.Id}', the gallery is bound to '{contract}'.", "contract-mismatch");
        }

        IReadOnlyList<JsonElement> faces = embedded.Items("faces");
        int chosen = MainFace.Choose([.. faces.Select(Box)], embedded.Number("width") ?? 0, embedded.Number("height") ?? 0);
        if (chosen < 0 || faces[chosen].Member("embedding") is not { } member || ReadVector(member) is not { } probe)
        {
            Interlocked.Increment(ref withoutFace);
            return;
        }

        VectorLength = probe.Length;
        string path = $"{session.GalleryPath}/identify?limit={Limit}";
        long asked = Stopwatch.GetTimestamp();
        JsonElement answer = byEmbedding
            ? (await session.Client.SendJsonAsync(HttpMethod.Post, path, new { Embeddings = new[] { probe } }, cancellationToken)).Body
            : (await session.Client.PostPictureAsync(path, picture, cancellationToken)).Body;
        milliseconds.Add(Stopwatch.GetElapsedTime(asked).TotalMilliseconds);
        IReadOnlyList<JsonElement> answers = answer.Items("faces");
        JsonElement face = byEmbedding ? answers[0] : answers.FirstOrDefault(other => Box(other) == Box(faces[chosen]));
        Compare(index, probe, face);
    }

    private void Compare(int index, float[] probe, JsonElement face)
    {
        string person = EnrolPlan.IdOf(data.People[index]);
        SearchHit[] plain = PlainSearch.Search(people, probe, Limit);
        (string Person, double Distance)[] candidates =
            [.. face.Items("candidates").Select(candidate => (candidate.Text("person") ?? "", candidate.Number("distance") ?? double.NaN))];
        string? difference = Difference(candidates, plain, probe);
        Interlocked.Increment(ref probes);
        if (!enrolled.Contains(person))
        {
            Interlocked.Increment(ref notEnrolled);
        }
        else if (candidates.Length > 0 && candidates[0].Person == person)
        {
            Interlocked.Increment(ref right);
        }

        if (difference is not null && Interlocked.Increment(ref mismatches) <= ExamplesMax)
        {
            examples.Enqueue($"{data.Files[index]}: {difference}");
        }
    }

    /// <summary>Says how an answer differs, or null. Two people nearer to each other than the tolerance may change places.</summary>
    private string? Difference((string Person, double Distance)[] candidates, SearchHit[] plain, float[] probe)
    {
        if (candidates.Length != plain.Length)
        {
            return $"{candidates.Length} candidates instead of {plain.Length}";
        }

        for (int place = 0; place < plain.Length; place++)
        {
            double difference = Math.Abs(candidates[place].Distance - plain[place].Distance);
            lock (gate)
            {
                differenceMax = Math.Max(differenceMax, difference);
            }

            string asked = candidates[place].Person;
            bool same = asked == plain[place].Person || Math.Abs(DistanceOf(asked, probe) - plain[place].Distance) <= tolerance;
            if (!same || !(difference <= tolerance))
            {
                return $"place {place + 1} is {asked} at {candidates[place].Distance:0.00000000} instead of {plain[place].Person} at {plain[place].Distance:0.00000000}";
            }
        }

        return null;
    }

    private double DistanceOf(string person, float[] probe) => PlainSearch.Search(people.Where(other => other.Person == person), probe, 1) is [var hit] ? hit.Distance : double.NaN;

    private static (double X, double Y, double Width, double Height) Box(JsonElement face) => face.Member("box") is { } box
        ? (box.Number("x") ?? 0, box.Number("y") ?? 0, box.Number("width") ?? 0, box.Number("height") ?? 0)
        : default;

    private static float[]? ReadVector(JsonElement embedding) => embedding.ValueKind switch
    {
        JsonValueKind.String => VectorText.Read(embedding.GetString()!),
        JsonValueKind.Array => [.. embedding.EnumerateArray().Select(number => number.GetSingle())],
        _ => null,
    };
}
