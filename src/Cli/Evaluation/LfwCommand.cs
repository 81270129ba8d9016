using System.CommandLine;
using System.Text.Json;
using FaceGrid.Cli.Evaluation.Faces;
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
        Option<string[]> embedder = new("--embedder")
        {
            Description = "Profile ids, or paths of profile files.",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => [new VisionOptions().Embedder],
        };
        Option<bool> allPairs = new("--all-pairs") { Description = "Also compare every picture with every other.", DefaultValueFactory = _ => true };
        Option<bool> view2Only = new("--view2-only") { Description = "Only the 7,701 pictures of View 2: no all-pairs, no rank-1." };
        Option<string?> output = new("--out") { Description = "Also write the figures to this file, as JSON." };
        Command command = new("lfw", "Measures embedders on Labeled Faces in the Wild, in this process. Ends with 1 when the search differs from the plain loop.")
        {
            embedder,
            allPairs,
            view2Only,
            output,
        };
        SetOptions options = new(command);
        shell.Handle(command, async (session, cancellationToken) =>
        {
            LabelledPictures pictures = options.Open(session);
            List<LfwReport> reports = [];
            foreach (string profile in session.Parsed.GetValue(embedder)!)
            {
                bool onlyView2 = session.Parsed.GetValue(view2Only);
                LfwReport report = await MeasureAsync(session, pictures, options, profile, onlyView2, !onlyView2 && session.Parsed.GetValue(allPairs), cancellationToken);
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
        Session session, LabelledPictures data, SetOptions options, string profile, bool view2Only, bool allPairs, CancellationToken cancellationToken)
    {
        IReadOnlyList<LabelledPair> pairs = data.ReadPairs();
        int[]? wanted = view2Only ? [.. pairs.SelectMany(pair => new[] { pair.A, pair.B }).Distinct().Order()] : null;
        int threads = options.Threads(session);
        FaceSet set = await options.EmbedAsync(session, data, profile, wanted, cancellationToken);
        return new LfwReport(
            set.Embedder,
            set.Contract,
            set.Detector,
            set.ExecutionProvider,
            threads,
            set.Embedding,
            View2.Measure(pairs, set.Vectors),
            allPairs ? await AllPairsAsync(session, data, set.Vectors, threads, cancellationToken) : null,
            view2Only ? null : RankOne.Measure(data, set.Vectors, threads, cancellationToken),
            set.Embedder == GoldenEmbedder ? GoldenFigures.Measure(data, set.Vectors, data.ReadGolden(set.Vectors.First(vector => vector is not null)!.Length)) : null);
    }

    private static async Task<AllPairsFigures> AllPairsAsync(Session session, LabelledPictures data, float[]?[] vectors, int threads, CancellationToken cancellationToken)
    {
        await using Progress progress = Progress.Start(session, "all pairs", data.Files.Length);
        return await Task.Run(() => AllPairs.Measure(data.People, vectors, threads, () => progress.AdvanceBy(1), cancellationToken), cancellationToken);
    }
}
