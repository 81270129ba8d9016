using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using FaceGrid.Cli.Cluster;
using FaceGrid.Cli.Evaluation.Faces;
using FaceGrid.Cli.Shell;

namespace FaceGrid.Cli.Evaluation;

/// <summary>Enrols a plan in a gallery of its own, over HTTP, and counts what the policy made of it.</summary>
/// <param name="session">The run.</param>
/// <param name="data">The pictures.</param>
/// <param name="plan">What to enrol.</param>
/// <param name="seed">Seed of the plan, for the figures.</param>
internal sealed class CleanRun(Session session, LabelledPictures data, CleanPlan plan, int seed)
{
    private enum Outcome
    {
        Enrolled = 0,
        Refused = 1,
        Quarantined = 2,
        WithoutFace = 3,
    }

    private readonly ConcurrentBag<(CleanEvent Event, Outcome Outcome, string? Face)> outcomes = [];

    /// <summary>Runs.</summary>
    /// <param name="concurrency">Pictures under way at once.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>The figures.</returns>
    /// <exception cref="CliException">The gallery exists.</exception>
    public async Task<CleanFigures> RunAsync(int concurrency, CancellationToken cancellationToken)
    {
        object policy = new { Policy = new { Enrolment = new { Quality = "off", Duplicates = "reject", Consistency = "quarantine" } } };
        ClusterAnswer made = await session.Client.SendJsonAsync(HttpMethod.Put, session.GalleryPath, policy, cancellationToken);
        if (made.Status != 201)
        {
            throw new CliException($"The gallery '{session.Gallery}' exists; name another with --gallery, or delete it.", "gallery");
        }

        Dictionary<int, byte[]> pictures = [];
        await foreach ((int index, byte[] bytes) in data.ReadAsync(plan.First.Concat(plan.Rest).Select(one => one.Picture), cancellationToken))
        {
            pictures[index] = bytes;
        }

        long started = Stopwatch.GetTimestamp();
        await using (Progress progress = Progress.Start(session, "enrolling", plan.First.Length + plan.Rest.Length))
        {
            foreach (CleanEvent[] events in new[] { plan.First, plan.Rest })
            {
                await Parallel.ForEachAsync(events, new ParallelOptions { MaxDegreeOfParallelism = concurrency, CancellationToken = cancellationToken }, async (one, token) =>
                {
                    outcomes.Add(await EnrolAsync(one, pictures[one.Picture], token));
                    progress.Advance();
                });
            }
        }

        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        (HashSet<string> faces, HashSet<(string, string)> pairs) = await ReportAsync(cancellationToken);
        return Figures(faces, pairs, seconds);
    }

    private async Task<(CleanEvent Event, Outcome Outcome, string? Face)> EnrolAsync(CleanEvent one, byte[] bytes, CancellationToken cancellationToken)
    {
        try
        {
            JsonElement answer = (await session.Client.PostPictureAsync(session.PersonPath(one.Person) + "/faces?face=main", new Picture(bytes, "image/jpeg"), cancellationToken)).Body;
            return (one, answer.Member("review")?.Flag("quarantined") == true ? Outcome.Quarantined : Outcome.Enrolled, answer.Text("face"));
        }
        catch (ClusterProblemException problem) when (problem.Code == "duplicate-person")
        {
            return (one, Outcome.Refused, null);
        }
        catch (ClusterProblemException problem) when (problem.Code is "no-face" or "face-too-small" or "corrupt-picture" or "unsupported-picture")
        {
            return (one, Outcome.WithoutFace, null);
        }
    }

    /// <summary>Reads the whole report.</summary>
    /// <returns>Faces with findings, and pairs of look-alikes.</returns>
    private async Task<(HashSet<string> Faces, HashSet<(string Person, string Other)> Pairs)> ReportAsync(CancellationToken cancellationToken)
    {
        HashSet<string> faces = new(StringComparer.Ordinal);
        HashSet<(string, string)> pairs = [];
        string? next = null;
        do
        {
            string path = $"{session.GalleryPath}/report?limit=500" + (next is null ? "" : "&after=" + Uri.EscapeDataString(next));
            JsonElement page = (await session.Client.GetAsync(path, cancellationToken)).Body;
            foreach (JsonElement person in page.Items("people"))
            {
                faces.UnionWith(person.Items("faces").Where(face => face.Items("findings").Any(finding => finding.GetString() is "lonely" or "quarantined")).Select(face => face.Text("face")!));
                pairs.UnionWith(person.Items("lookAlikes").Select(other => (person.Text("person")!, other.Text("person")!)));
            }

            next = page.Text("next");
        }
        while (next is not null);

        return (faces, pairs);
    }

    private CleanFigures Figures(HashSet<string> faces, HashSet<(string Person, string Other)> pairs, double seconds)
    {
        (CleanEvent Event, Outcome Outcome, string? Face)[] seen = [.. outcomes.Where(one => one.Outcome != Outcome.WithoutFace)];
        (CleanEvent Event, Outcome Outcome, string? Face)[] mislabelled = [.. seen.Where(one => one.Event.Kind == CleanKind.Mislabelled)];
        (CleanEvent Event, Outcome Outcome, string? Face)[] good = [.. seen.Where(one => one.Event.Kind == CleanKind.Good)];
        var duplicates = seen.Where(one => one.Event.Kind == CleanKind.Duplicate).GroupBy(one => one.Event.Person, StringComparer.Ordinal).ToArray();
        string[] missed = [.. duplicates.Where(person => person.All(one => one.Outcome == Outcome.Enrolled)).Select(person => person.Key)];
        return new CleanFigures(
            session.Gallery,
            seed,
            plan.First.Length,
            outcomes.Count,
            outcomes.Count - seen.Length,
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
