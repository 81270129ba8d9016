using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using FaceGrid.Client;
using FaceGrid.Evaluation.Faces;

namespace FaceGrid.Evaluation.Grids;

/// <summary>Enrols a plan in a gallery of its own, over HTTP, and counts what the policy did with it.</summary>
/// <param name="gallery">The gallery, which must not exist yet, and the way to the grid.</param>
/// <param name="data">The pictures.</param>
/// <param name="plan">What to enrol.</param>
/// <param name="seed">Seed of the plan, for the figures.</param>
/// <param name="log">Receives progress messages.</param>
internal sealed class CleanRun(GalleryClient gallery, LabelledPictures data, CleanPlan plan, int seed, IWorkLog log)
{
    private enum Outcome
    {
        Enrolled = 0,
        Refused = 1,
        Quarantined = 2,
        WithoutFace = 3,
    }

    private readonly ConcurrentBag<(CleanEvent Event, Outcome Outcome, string? Face)> _outcomes = [];

    /// <summary>Runs.</summary>
    /// <param name="concurrency">Largest number of pictures in flight.</param>
    /// <param name="cancellationToken">Ends the work. What is done at the grid stays.</param>
    /// <returns>The figures.</returns>
    /// <exception cref="EvaluationException">The gallery exists.</exception>
    public async Task<CleanFigures> RunAsync(int concurrency, CancellationToken cancellationToken)
    {
        object policy = new { Policy = new { Enrolment = new { Quality = "off", Duplicates = "reject", Consistency = "quarantine" } } };
        ClusterAnswer made = await gallery.WriteAsync(policy, cancellationToken);
        if (made.Status != 201)
        {
            throw new EvaluationException($"The gallery '{gallery.Id}' exists; name another with --gallery, or delete it.", "gallery");
        }

        Dictionary<int, byte[]> pictures = [];
        IEnumerable<int> wanted = plan.First.Concat(plan.Rest).Select(one => one.Picture);
        await foreach ((int index, byte[] bytes) in data.ReadAsync(wanted, cancellationToken))
        {
            pictures[index] = bytes;
        }

        long started = Stopwatch.GetTimestamp();
        await using (IWork work = log.Begin("enrolling", plan.First.Length + plan.Rest.Length))
        {
            foreach (CleanEvent[] events in new[] { plan.First, plan.Rest })
            {
                ParallelOptions options = new() { MaxDegreeOfParallelism = concurrency, CancellationToken = cancellationToken };
                await Parallel.ForEachAsync(events, options, async (one, token) =>
                {
                    _outcomes.Add(await EnrolAsync(one, pictures[one.Picture], token));
                    work.Advance();
                });
            }
        }

        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        (HashSet<string> faces, HashSet<(string, string)> pairs) = await ReportAsync(cancellationToken);
        return Figures(faces, pairs, seconds);
    }

    private async Task<(CleanEvent Event, Outcome Outcome, string? Face)> EnrolAsync(
        CleanEvent one, byte[] bytes, CancellationToken cancellationToken)
    {
        try
        {
            JsonElement answer = (
                await gallery.Cluster.PostPictureAsync(
                    gallery.PersonPath(one.Person) + "/faces?face=main", new Picture(bytes, "image/jpeg"), cancellationToken)).Body;
            return (
                one, answer.Member("review")?.Flag("quarantined") == true ? Outcome.Quarantined : Outcome.Enrolled, answer.Text("face"));
        }
        catch (ClusterProblemException problem) when (problem.Code == "duplicate-person")
        {
            return (one, Outcome.Refused, null);
        }
        catch (ClusterProblemException problem) when (
            problem.Code is "no-face" or "face-too-small" or "corrupt-picture" or "unsupported-picture")
        {
            return (one, Outcome.WithoutFace, null);
        }
    }

    /// <summary>Reads the whole report.</summary>
    /// <returns>Faces with findings, and pairs of look-alikes.</returns>
    private async Task<(
        HashSet<string> Faces, HashSet<(string Person, string Other)> Pairs)> ReportAsync(CancellationToken cancellationToken)
    {
        HashSet<string> faces = new(StringComparer.Ordinal);
        HashSet<(string, string)> pairs = [];
        await foreach (JsonElement page in gallery.Cluster.PagesAsync($"{gallery.Path}/report?limit=500", cancellationToken))
        {
            foreach (JsonElement person in page.Items("people"))
            {
                faces.UnionWith(person.Items("faces").Where(HasFinding).Select(face => face.Text("face")!));
                pairs.UnionWith(person.Items("lookAlikes").Select(other => (person.Text("person")!, other.Text("person")!)));
            }
        }

        return (faces, pairs);
    }

    private static bool HasFinding(JsonElement face) =>
        face.Items("findings").Any(finding => finding.GetString() is "lonely" or "quarantined");

    private CleanFigures Figures(HashSet<string> faces, HashSet<(string Person, string Other)> pairs, double seconds)
    {
        (CleanEvent Event, Outcome Outcome, string? Face)[] seen = [.. _outcomes.Where(one => one.Outcome != Outcome.WithoutFace)];
        (CleanEvent Event, Outcome Outcome, string? Face)[] mislabelled = [.. seen.Where(one => one.Event.Kind == CleanKind.Mislabelled)];
        (CleanEvent Event, Outcome Outcome, string? Face)[] good = [.. seen.Where(one => one.Event.Kind == CleanKind.Good)];
        var duplicates = seen.Where(one => one.Event.Kind == CleanKind.Duplicate)
            .GroupBy(one => one.Event.Person, StringComparer.Ordinal)
            .ToArray();
        string[] missed = [.. duplicates.Where(person => person.All(one => one.Outcome == Outcome.Enrolled)).Select(person => person.Key)];
        return new CleanFigures(
            gallery.Id,
            seed,
            plan.First.Length,
            _outcomes.Count,
            _outcomes.Count - seen.Length,
            mislabelled.Length,
            mislabelled.Count(one => one.Outcome != Outcome.Enrolled),
            mislabelled.Count(one => one.Outcome == Outcome.Enrolled && faces.Contains(one.Face!)),
            duplicates.Length,
            duplicates.Length - missed.Length,
            missed.Count(person => pairs.Contains((person, person[..person.LastIndexOf(':')]))),
            good.Length,
            good.Count(one => one.Outcome == Outcome.Refused),
            good.Count(one => one.Outcome == Outcome.Quarantined),
            Math.Round(seconds, 1));
    }
}
