using System.CommandLine;
using FaceGrid.Cli.Evaluation.Faces;
using FaceGrid.Cli.Evaluation.Measures;
using FaceGrid.Cli.Shell;
using FaceGrid.Vision;

namespace FaceGrid.Cli.Evaluation;

/// <summary><c>facegrid evaluate lfw</c>, or <c>faces</c>: how accurate are detector, alignment, embedder and search together?</summary>
internal static class LfwCommand
{
    private const string GoldenEmbedder = "mobilefacenet-foamliu-128";
    private const int Draws = 5;
    private const int Seed = 1;

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
        Option<bool> heldOut = new("--held-out") { Description = "Also judge by the people whom the built-in models were not trained on, with thresholds from others of them. Not with --view2-only." };
        FiguresOption output = new();
        Option<string?> plots = new("--plots") { Description = "Also draw DET, CMC and open-set curves into this directory, as SVG." };
        Command command = new("lfw", "Measures embedders on labelled pictures, one directory per person (Labeled Faces in the Wild or any other), in this process. Ends with 1 when the search differs from the plain loop.")
        {
            embedder,
            allPairs,
            view2Only,
            heldOut,
            output,
            plots,
        };
        command.Aliases.Add("faces");
        SetOptions options = new(command);
        shell.Handle(command, async (session, cancellationToken) =>
        {
            LabelledPictures pictures = options.Open(session);
            List<LfwReport> reports = [];
            foreach (string profile in session.Parsed.GetValue(embedder)!)
            {
                bool onlyView2 = session.Parsed.GetValue(view2Only);
                LfwReport report = await MeasureAsync(
                    session, pictures, options, profile, onlyView2, !onlyView2 && session.Parsed.GetValue(allPairs), !onlyView2 && session.Parsed.GetValue(heldOut), cancellationToken);
                reports.Add(report);
                if (!session.Terminal.IsJson)
                {
                    LfwPrinter.Print(session.Terminal, report);
                }
            }

            await output.WriteAsync(session, reports, cancellationToken);

            if (session.Parsed.GetValue(plots) is { } directory)
            {
                await AccuracyPlots.WriteAsync(directory, reports, cancellationToken);
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
        Session session, LabelledPictures data, SetOptions options, string profile, bool view2Only, bool allPairs, bool heldOut, CancellationToken cancellationToken)
    {
        IReadOnlyList<LabelledPair> pairs = data.ReadPairs();
        int[]? wanted = view2Only ? [.. pairs.SelectMany(pair => new[] { pair.A, pair.B }).Distinct().Order()] : null;
        int threads = options.Threads(session);
        FaceSet set = await options.EmbedAsync(session, data, profile, wanted, cancellationToken);
        Require(set);
        AllPairsFigures? all = allPairs ? await AllPairsAsync(session, data, set.Vectors, threads, cancellationToken) : null;
        return new LfwReport(
            set.Embedder,
            set.Contract,
            set.Detector,
            set.ExecutionProvider,
            threads,
            set.Embedding,
            View2.Measure(pairs, set.Vectors),
            all,
            view2Only ? null : RankOne.Measure(data, set.Vectors, threads, cancellationToken),
            all is null ? null : await Task.Run(() => CurveFigures.Measure(set, all.Points, Draws, Seed, threads, cancellationToken), cancellationToken),
            heldOut ? HeldOut.Measure(data, pairs, set.Vectors, cancellationToken) : null,
            set.Embedder == GoldenEmbedder ? GoldenFigures.Measure(data, set.Vectors, data.ReadGolden(set.Vectors.First(vector => vector is not null)!.Length)) : null);
    }

    private static void Require(FaceSet set)
    {
        int[][] people = set.PicturesByPerson();
        if (people.Length < 2)
        {
            throw new CliException($"The pictures show {people.Length} person with a face: errors are counted between different people.", "too-few-people");
        }

        if (!Array.Exists(people, pictures => pictures.Length > 1))
        {
            throw new CliException("Nobody has two pictures with a face: without mated pairs no accuracy can be measured.", "no-mated-pairs");
        }
    }

    private static async Task<AllPairsFigures> AllPairsAsync(Session session, LabelledPictures data, float[]?[] vectors, int threads, CancellationToken cancellationToken)
    {
        await using Progress progress = Progress.Start(session, "all pairs", data.Files.Length);
        return await Task.Run(() => AllPairs.Measure(data.People, vectors, threads, () => progress.AdvanceBy(1), cancellationToken), cancellationToken);
    }
}
