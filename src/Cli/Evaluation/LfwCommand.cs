using System.CommandLine;
using System.Text.Json;
using FaceGrid.Cli.Shell;
using FaceGrid.Vision;

namespace FaceGrid.Cli.Evaluation;

/// <summary><c>facegrid evaluate lfw</c>: how accurate are detector, alignment, embedder and search together?</summary>
internal static class LfwCommand
{
    private const string GoldenEmbedder = "mobilefacenet-foamliu-128";

    /// <summary>Creates the command.</summary>
    /// <param name="shell">Runs it.</param>
    /// <returns>The command.</returns>
    public static Command Create(CommandShell shell)
    {
        Option<string> data = new("--data") { Description = "Directory with pairs.txt and the pictures, in zip files or unpacked.", Required = true };
        Option<string[]> embedder = new("--embedder")
        {
            Description = "Profile ids, or paths of profile files.",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => [new VisionOptions().Embedder],
        };
        Option<string?> detector = new("--detector") { Description = "Profile id, or path of a profile file." };
        Option<string?> models = new("--models") { Description = "Directory of models. Also FACEGRID_MODELS." };
        Option<int> threads = new("--threads") { Description = "Threads to work with; 0 is one per processor.", DefaultValueFactory = _ => 0 };
        Option<bool> allPairs = new("--all-pairs") { Description = "Also compare every picture with every other.", DefaultValueFactory = _ => true };
        Option<bool> view2Only = new("--view2-only") { Description = "Only the 7,701 pictures of View 2: no all-pairs, no rank-1." };
        Option<string?> output = new("--out") { Description = "Also write the figures to this file, as JSON." };
        CommandRanges.Between(threads, 0, 1024);
        Command command = new("lfw", "Measures embedders on Labeled Faces in the Wild, in this process. Ends with 1 when the search differs from the plain loop.")
        {
            data,
            embedder,
            detector,
            models,
            threads,
            allPairs,
            view2Only,
            output,
        };
        shell.Handle(command, async (session, cancellationToken) =>
        {
            LfwData set = LfwData.Open(session.Parsed.GetValue(data)!);
            int workers = session.Parsed.GetValue(threads) is var asked and > 0 ? asked : Environment.ProcessorCount;
            List<LfwReport> reports = [];
            foreach (string profile in session.Parsed.GetValue(embedder)!)
            {
                VisionOptions options = new()
                {
                    Embedder = profile,
                    ModelDirectory = session.Parsed.GetValue(models),
                    Concurrency = workers,
                    QueueLengthMax = 4 * workers,

                    // The eyes of a face in profile lie close together in the picture; the reference figures embed it all the same.
                    FaceSizeMinPixels = 0,
                };
                options.Detector = session.Parsed.GetValue(detector) ?? options.Detector;
                bool onlyView2 = session.Parsed.GetValue(view2Only);
                LfwReport report = await MeasureAsync(session, set, options, onlyView2, !onlyView2 && session.Parsed.GetValue(allPairs), cancellationToken);
                reports.Add(report);
                if (!session.Terminal.IsJson)
                {
                    LfwPrinter.Print(session.Terminal, report);
                }
            }

            if (session.Parsed.GetValue(output) is { } file)
            {
                await File.WriteAllTextAsync(file, JsonSerializer.Serialize(reports, Terminal.JsonOptions), cancellationToken);
            }

            if (session.Terminal.IsJson)
            {
                session.Terminal.WriteJson(reports);
            }

            return reports.TrueForAll(report => report.RankOne is null or { DifferentFromPlainLoop: 0 }) ? ExitCode.Ok : ExitCode.Failed;
        });
        return command;
    }

    private static async Task<LfwReport> MeasureAsync(
        Session session, LfwData data, VisionOptions options, bool view2Only, bool allPairs, CancellationToken cancellationToken)
    {
        IReadOnlyList<LfwPair> pairs = data.ReadPairs();
        int[] wanted = view2Only
            ? [.. pairs.SelectMany(pair => new[] { pair.A, pair.B }).Distinct().Order()]
            : [.. Enumerable.Range(0, data.Files.Length)];
        using FacePipeline pipeline = await FacePipeline.CreateAsync(options, progress: null, cancellationToken);
        (float[]?[] vectors, EmbeddingFigures embedding) = await LfwEmbedding.RunAsync(session, data, pipeline, wanted, 2 * options.Concurrency, cancellationToken);
        RankOneFigures? rankOne = view2Only ? null : RankOne.Measure(data, vectors, options.Concurrency, cancellationToken);
        return new LfwReport(
            pipeline.Embedder.Id,
            pipeline.ContractId,
            pipeline.Detector.Id,
            pipeline.ExecutionProvider,
            options.Concurrency,
            embedding,
            View2.Measure(pairs, vectors),
            allPairs ? await AllPairsAsync(session, data, vectors, options.Concurrency, cancellationToken) : null,
            rankOne,
            pipeline.Embedder.Id == GoldenEmbedder ? GoldenFigures.Measure(data, vectors, data.ReadGolden(pipeline.Dimension)) : null);
    }

    private static async Task<AllPairsFigures> AllPairsAsync(Session session, LfwData data, float[]?[] vectors, int threads, CancellationToken cancellationToken)
    {
        await using Progress progress = Progress.Start(session, "all pairs", data.Files.Length);
        return await Task.Run(() => AllPairs.Measure(data.People, vectors, threads, () => progress.AdvanceBy(1), cancellationToken), cancellationToken);
    }
}
