using FaceGrid.Client;

namespace FaceGrid.Load.Requests;

/// <summary>
/// A load from beginning to end: it prepares the gallery, sends requests, checks the answers and removes what it enrolled.
/// </summary>
internal static class LoadRun
{
    private static readonly TimeSpan NotePause = TimeSpan.FromSeconds(10);

    /// <summary>Runs.</summary>
    /// <param name="gallery">The gallery, and the way to the grid.</param>
    /// <param name="key">The API key for the load's own connections; null for none.</param>
    /// <param name="plan">What was asked for.</param>
    /// <param name="log">Receives progress messages.</param>
    /// <param name="cancellationToken">Ends the run. What the load enrolled stays until a later run cleans.</param>
    /// <returns>The report.</returns>
    /// <exception cref="LoadException">The gallery does not fit the plan.</exception>
    /// <exception cref="ClusterProblemException">The gallery could not be prepared.</exception>
    public static async Task<LoadReport> RunAsync(
        GalleryClient gallery, string? key, LoadPlan plan, IWorkLog log, CancellationToken cancellationToken)
    {
        LoadGallery prepared = new(gallery, plan, log);
        long run = gallery.Cluster.Clock.GetUtcNow().ToUnixTimeSeconds();
        IReadOnlyList<LoadPicture> pictures = plan.Pictures is null
            ? []
            : await LoadPictures.ReadAsync(plan.Pictures, plan.PicturesMax, cancellationToken);
        GalleryContract? contract = await prepared.OpenAsync(cancellationToken);
        if (pictures.Count > 0)
        {
            pictures = await prepared.EnsurePicturesAsync(pictures, cancellationToken);
            contract = await prepared.OpenAsync(cancellationToken);
        }

        if (contract is null)
        {
            throw LoadException.Usage($"The gallery '{gallery.Id}' has no contract yet; --dim says how long vectors are, and binds it.");
        }

        LoadPeople people = new(plan.Seed, contract.Dimension, run);
        int added = plan.People > 0 ? await prepared.EnsurePeopleAsync(people, contract, cancellationToken) : 0;
        VectorQuestions vectors = new(plan, people, contract, gallery);
        Func<long, LoadQuestion> question = pictures.Count > 0 ? new PictureQuestions(plan, pictures, run, gallery).Next : vectors.Next;

        LoadSettings settings = Describe(gallery, plan, contract, await CountAsync(gallery, cancellationToken));
        LoadFigures figures = await AskAsync(gallery, key, plan, question, log, cancellationToken);
        (int asked, int missing) = await prepared.FindEnrolledAsync(people, [.. vectors.Enrolled], contract, cancellationToken);
        int? removed = plan.Clean ? await prepared.CleanAsync(cancellationToken) : null;
        return new LoadReport(settings, figures, asked, missing, added, removed);
    }

    private static async Task<LoadFigures> AskAsync(
        GalleryClient gallery,
        string? key,
        LoadPlan plan,
        Func<long, LoadQuestion> question,
        IWorkLog log,
        CancellationToken cancellationToken)
    {
        using LoadClient client = new(gallery.Cluster.Server, key, plan.Timeout);
        LoadRecorder recorder = new(plan.Warmup);
        LoadLoop loop = new(gallery.Cluster.Clock, ShortSleep.For, recorder, question, client.AskAsync);
        TimeSpan until = plan.Warmup + plan.Duration;
        await using ITimer notes = gallery.Cluster.Clock.CreateTimer(_ => log.Note(recorder.Line()), state: null, NotePause, NotePause);
        await (plan.Rate is { } rate
            ? loop.RunOpenAsync(LoadSchedule.Due(rate, plan.Arrivals, plan.Seed, until), plan.InFlightMax, until, cancellationToken)
            : loop.RunClosedAsync(plan.Clients, until, cancellationToken));
        return recorder.Summarise(plan.Duration);
    }

    private static async Task<long> CountAsync(GalleryClient gallery, CancellationToken cancellationToken) =>
        (long)((await gallery.ReadAsync(cancellationToken)).Number("people") ?? 0);

    private static LoadSettings Describe(GalleryClient gallery, LoadPlan plan, GalleryContract contract, long galleryPeople) => new(
        gallery.Cluster.Server.ToString(),
        gallery.Id,
        contract.Id,
        contract.Dimension,
        galleryPeople,
        [.. plan.Mix.Operations.Select(LoadFigures.NameOf)],
        plan.Probes.ToString().ToLowerInvariant(),
        plan.Strangers,
        plan.Threshold,
        plan.Rate is null ? "closed" : "open",
        plan.Rate is null ? plan.Clients : null,
        plan.Rate,
        plan.Rate is null ? null : plan.Arrivals.ToString().ToLowerInvariant(),
        plan.Rate is null ? null : plan.InFlightMax,
        plan.Warmup.TotalSeconds,
        plan.Duration.TotalSeconds,
        plan.Seed,
        gallery.Cluster.Clock.GetUtcNow());
}
