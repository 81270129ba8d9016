using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using FaceGrid.Client;
using FaceGrid.Evaluation.Accuracy;
using FaceGrid.Evaluation.Faces;
using FaceGrid.Search;

namespace FaceGrid.Evaluation.Grids;

/// <summary>Asks a grid about pictures, and computes the answers again from the vectors that it reads from the grid.</summary>
internal sealed class GalleryEvaluation
{
    private const int Limit = 5;
    private const int ExamplesMax = 20;
    private readonly GalleryClient _gallery;
    private readonly LabelledPictures _data;
    private readonly double _tolerance;
    private readonly bool _byEmbedding;
    private readonly string _contract;
    private readonly (string Person, float[] Templates)[] _people;
    private readonly HashSet<string> _enrolled;
    private readonly ConcurrentBag<double> _milliseconds = [];
    private readonly ConcurrentQueue<string> _examples = new();
    private readonly ConcurrentQueue<FaceMissing> _failures = new();
    private readonly Lock _gate = new();
    private int _probes;
    private int _withoutFace;
    private int _notEnrolled;
    private int _right;
    private int _mismatches;
    private double _differenceMax;

    private GalleryEvaluation(
        GalleryClient gallery,
        LabelledPictures data,
        double tolerance,
        bool byEmbedding,
        string contract,
        (string Person, float[] Templates)[] people)
    {
        _gallery = gallery;
        _data = data;
        _tolerance = tolerance;
        _byEmbedding = byEmbedding;
        _contract = contract;
        _people = people;
        _enrolled = [.. people.Select(person => person.Person)];
    }

    /// <summary>Reads the whole gallery.</summary>
    /// <param name="gallery">The gallery, and the way to the grid.</param>
    /// <param name="data">The pictures.</param>
    /// <param name="tolerance">Two distances count as equal when they differ by no more than this.</param>
    /// <param name="byEmbedding">True to identify vectors instead of pictures.</param>
    /// <param name="cancellationToken">Ends the work. It leaves nothing behind.</param>
    /// <returns>The evaluation.</returns>
    public static async Task<GalleryEvaluation> OpenAsync(
        GalleryClient gallery, LabelledPictures data, double tolerance, bool byEmbedding, CancellationToken cancellationToken)
    {
        GalleryContract bound = GalleryContract.Of(await gallery.ReadAsync(cancellationToken))
            ?? throw new EvaluationException($"Nobody is enrolled in '{gallery.Id}'.", "contract-unknown");
        List<(string, float[])> everybody = [];
        await foreach (GalleryPerson person in GalleryPeople.ReadAsync(gallery, bound, [], cancellationToken))
        {
            if (person.Faces.Count > 0)
            {
                everybody.Add((person.Id, [.. person.Faces.SelectMany(face => VectorText.Read(face.Embedding)!)]));
            }
        }

        return new GalleryEvaluation(gallery, data, tolerance, byEmbedding, bound.Id, [.. everybody]);
    }

    /// <summary>Asks and compares.</summary>
    /// <param name="first">Only this many probes, or null for all.</param>
    /// <param name="concurrency">Largest number of pictures in flight.</param>
    /// <param name="log">Receives progress messages.</param>
    /// <param name="cancellationToken">Ends the work. It leaves nothing behind.</param>
    /// <returns>The figures.</returns>
    public async Task<GalleryFigures> RunAsync(int? first, int concurrency, IWorkLog log, CancellationToken cancellationToken)
    {
        int[] all = [.. Enumerable.Range(0, _data.Files.Length).Except(RankOne.FirstPictures(_data))];
        int count = Math.Min(first ?? all.Length, all.Length);
        int[] wanted = [.. Enumerable.Range(0, count).Select(i => all[(int)((long)i * all.Length / count)])];
        long started = Stopwatch.GetTimestamp();
        await using (IWork work = log.Begin("identifying", wanted.Length))
        {
            ParallelOptions options = new() { MaxDegreeOfParallelism = concurrency, CancellationToken = cancellationToken };
            await Parallel.ForEachAsync(_data.ReadAsync(wanted, cancellationToken), options, async (picture, token) =>
            {
                await TryAskAsync(picture.Index, new Picture(picture.Bytes, "image/jpeg"), token);
                work.Advance(failures: _mismatches);
            });
        }

        return Figures(Stopwatch.GetElapsedTime(started).TotalSeconds);
    }

    private GalleryFigures Figures(double seconds)
    {
        double[] times = [.. _milliseconds.Order()];
        int known = _probes - _notEnrolled;
        return new GalleryFigures(
            _gallery.Id,
            _people.Length,
            _people.Sum(person => person.Templates.Length) / Math.Max(1, VectorLength),
            _probes,
            _withoutFace,
            _notEnrolled,
            known == 0 ? 0 : (double)_right / known,
            _mismatches,
            _tolerance,
            _differenceMax,
            Math.Round(seconds, 3),
            Math.Round(_probes / seconds, 1),
            times.Length == 0 ? 0 : times[times.Length / 2],
            times.Length == 0 ? 0 : times[(int)(times.Length * 0.99)],
            [.. _examples],
            [.. _failures.OrderBy(failure => failure.File, StringComparer.Ordinal)]);
    }

    private int VectorLength { get; set; }

    private async Task TryAskAsync(int index, Picture picture, CancellationToken cancellationToken)
    {
        try
        {
            await AskAsync(index, picture, cancellationToken);
        }
        catch (ClusterProblemException problem) when (IsOfThePicture(problem))
        {
            _failures.Enqueue(
                new FaceMissing(
                    _data.Files[index],
                    $"{problem.Message} ({problem.Code}{(problem.RequestId is null ? "" : $", request {problem.RequestId}")})"));
        }
    }

    // All other problems would also occur with the other pictures, so they end the run.
    private static bool IsOfThePicture(ClusterProblemException problem) =>
        !problem.IsTransient && problem.Status is not (401 or 404) && problem.Code != ClusterProblemException.NotAGateway;

    private async Task AskAsync(int index, Picture picture, CancellationToken cancellationToken)
    {
        JsonElement embedded = (await _gallery.Cluster.PostPictureAsync("v1/embed", picture, cancellationToken)).Body;
        if (GalleryContract.Of(embedded)?.Id != _contract)
        {
            throw new EvaluationException(
                $"The grid embeds with '{GalleryContract.Of(embedded)?.Id}', the gallery is bound to '{_contract}'.", "contract-mismatch");
        }

        IReadOnlyList<JsonElement> faces = embedded.Items("faces");
        int chosen = MainFace.Choose([.. faces.Select(Box)], embedded.Number("width") ?? 0, embedded.Number("height") ?? 0);
        if (chosen < 0 || faces[chosen].Member("embedding") is not { } member || ReadVector(member) is not { } probe)
        {
            Interlocked.Increment(ref _withoutFace);
            return;
        }

        VectorLength = probe.Length;
        string path = $"{_gallery.Path}/identify?limit={Limit}";
        long asked = Stopwatch.GetTimestamp();
        JsonElement answer = _byEmbedding
            ? (await _gallery.Cluster.SendJsonAsync(HttpMethod.Post, path, new { Embeddings = new[] { probe } }, cancellationToken)).Body
            : (await _gallery.Cluster.PostPictureAsync(path, picture, cancellationToken)).Body;
        _milliseconds.Add(Stopwatch.GetElapsedTime(asked).TotalMilliseconds);
        IReadOnlyList<JsonElement> answers = answer.Items("faces");
        JsonElement face = _byEmbedding ? answers[0] : answers.FirstOrDefault(other => Box(other) == Box(faces[chosen]));
        Compare(index, probe, face);
    }

    private void Compare(int index, float[] probe, JsonElement face)
    {
        string person = ClusterPaths.PersonIdOf(_data.People[index]);
        SearchHit[] plain = PlainSearch.Search(_people, probe, Limit);
        (string Person, double Distance)[] candidates =
            [.. face.Items("candidates").Select(candidate => (candidate.Text("person") ?? "", candidate.Number("distance") ?? double.NaN))];
        string? difference = Difference(candidates, plain, probe);
        Interlocked.Increment(ref _probes);
        if (!_enrolled.Contains(person))
        {
            Interlocked.Increment(ref _notEnrolled);
        }
        else if (candidates.Length > 0 && candidates[0].Person == person)
        {
            Interlocked.Increment(ref _right);
        }

        if (difference is not null && Interlocked.Increment(ref _mismatches) <= ExamplesMax)
        {
            _examples.Enqueue($"{_data.Files[index]}: {difference}");
        }
    }

    /// <summary>
    /// Says how an answer differs, or returns null. Two people may change places when their distances differ by no more than the tolerance.
    /// </summary>
    private string? Difference((string Person, double Distance)[] candidates, SearchHit[] plain, float[] probe)
    {
        if (candidates.Length != plain.Length)
        {
            return $"{candidates.Length} candidates instead of {plain.Length}";
        }

        for (int place = 0; place < plain.Length; place++)
        {
            double difference = Math.Abs(candidates[place].Distance - plain[place].Distance);
            lock (_gate)
            {
                _differenceMax = Math.Max(_differenceMax, difference);
            }

            string asked = candidates[place].Person;
            bool same = asked == plain[place].Person || Math.Abs(DistanceOf(asked, probe) - plain[place].Distance) <= _tolerance;
            if (!same || !(difference <= _tolerance))
            {
                return $"place {place + 1} is {asked} at {candidates[place].Distance:0.00000000} instead of {plain[place].Person} at "
                    + $"{plain[place].Distance:0.00000000}";
            }
        }

        return null;
    }

    private double DistanceOf(string person, float[] probe) =>
        PlainSearch.Search(_people.Where(other => other.Person == person), probe, 1) is [var hit] ? hit.Distance : double.NaN;

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
