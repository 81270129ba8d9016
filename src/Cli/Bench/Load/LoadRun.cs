using FaceGrid.Cli.Cluster;
using FaceGrid.Cli.Galleries;
using FaceGrid.Cli.Shell;

namespace FaceGrid.Cli.Bench.Load;

/// <summary>A load from beginning to end: prepare the gallery, ask, check, tidy up.</summary>
internal static class LoadRun
{
    private static readonly TimeSpan NotePause = TimeSpan.FromSeconds(10);

    /// <summary>Runs.</summary>
    /// <param name="session">The run.</param>
    /// <param name="plan">What was asked for.</param>
    /// <param name="cancellationToken">Stops; what the load enrolled stays until a later run cleans.</param>
    /// <returns>The report.</returns>
    /// <exception cref="CliException">The gallery does not fit the plan.</exception>
    /// <exception cref="ClusterProblemException">The gallery could not be prepared.</exception>
    public static async Task<LoadReport> RunAsync(Session session, LoadPlan plan, CancellationToken cancellationToken)
    {
        LoadGallery gallery = new(session, plan);
        long run = session.Host.Clock.GetUtcNow().ToUnixTimeSeconds();
        IReadOnlyList<LoadPicture> pictures = plan.Pictures is null ? [] : await LoadPictures.ReadAsync(plan.Pictures, plan.PicturesMax, cancellationToken);
        GalleryContract? contract = await gallery.OpenAsync(cancellationToken);
        if (pictures.Count > 0)
        {
            pictures = await gallery.EnsurePicturesAsync(pictures, cancellationToken);
            contract = await gallery.OpenAsync(cancellationToken);
        }

        if (contract is null)
        {
            throw CliException.Usage($"The gallery '{session.Gallery}' has no contract yet; --dim says how long vectors are, and binds it.");
        }

        LoadPeople people = new(plan.Seed, contract.Dimension, run);
        int added = plan.People > 0 ? await gallery.EnsurePeopleAsync(people, contract, cancellationToken) : 0;
        VectorQuestions vectors = new(plan, people, contract, session.GalleryPath);
        Func<long, LoadQuestion> question = pictures.Count > 0 ? new PictureQuestions(plan, pictures, run, session.GalleryPath).Next : vectors.Next;

        LoadSettings settings = Describe(session, plan, contract, await CountAsync(session, cancellationToken));
        LoadFigures figures = await AskAsync(session, plan, question, cancellationToken);
        (int asked, int missing) = await gallery.FindEnrolledAsync(people, [.. vectors.Enrolled], contract, cancellationToken);
        int? removed = plan.Clean ? await gallery.CleanAsync(cancellationToken) : null;
        return new LoadReport(settings, figures, asked, missing, added, removed);
    }

    private static async Task<LoadFigures> AskAsync(Session session, LoadPlan plan, Func<long, LoadQuestion> question, CancellationToken cancellationToken)
    {
        using LoadClient client = new(session.Server, session.Key, plan.Timeout);
        LoadRecorder recorder = new(plan.Warmup);
        LoadLoop loop = new(session.Host.Clock, ShortSleep.For, recorder, question, client.AskAsync);
        TimeSpan until = plan.Warmup + plan.Duration;
        await using ITimer notes = session.Host.Clock.CreateTimer(_ => session.Terminal.Note(recorder.Line()), state: null, NotePause, NotePause);
        await (plan.Rate is { } rate
            ? loop.RunOpenAsync(LoadSchedule.Due(rate, plan.Arrivals, plan.Seed, until), plan.InFlightMax, until, cancellationToken)
            : loop.RunClosedAsync(plan.Clients, until, cancellationToken));
        return recorder.Summarise(plan.Duration);
    }

    private static async Task<long> CountAsync(Session session, CancellationToken cancellationToken) =>
        (long)((await session.Client.GetAsync(session.GalleryPath, cancellationToken)).Body.Number("people") ?? 0);

    private static LoadSettings Describe(Session session, LoadPlan plan, GalleryContract contract, long galleryPeople) => new(
        session.Server.ToString(),
        session.Gallery,
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
        session.Host.Clock.GetUtcNow());
}
