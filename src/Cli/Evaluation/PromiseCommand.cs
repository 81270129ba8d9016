using System.CommandLine;
using FaceGrid.Cli.Shell;
using FaceGrid.Evaluation.Faces;
using FaceGrid.Evaluation.Promise;
using FaceGrid.Models;

namespace FaceGrid.Cli.Evaluation;

/// <summary><c>facegrid evaluate promise</c>: do promised error rates hold for people that the calibration has never seen?</summary>
internal static class PromiseCommand
{
    /// <summary>Creates the command.</summary>
    /// <param name="shell">Runs it.</param>
    /// <returns>The command.</returns>
    public static Command Create(CommandShell shell)
    {
        Option<string[]> embedder = new("--embedder")
        {
            Description = "Profile ids, or paths of profile files.",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => [DefaultProfiles.Embedder],
        };
        Option<double[]> promise = new("--fpir")
        {
            Description = "Promised shares of strangers found.",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => [0.01, 0.05],
        };
        Option<int[]> size = new("--people")
        {
            Description = "Sizes of galleries of real people.",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => [100, 500, 1000, 2500],
        };
        Option<int[]> filled = new("--filled")
        {
            Description = "Sizes of galleries filled up with made-up people; none by default.",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => [],
        };
        Option<int> splits = new("--splits")
        {
            Description = "How often people are divided again into calibration and test.",
            DefaultValueFactory = _ => 5,
        };
        Option<int> draws = new("--draws") { Description = "Galleries per size and division.", DefaultValueFactory = _ => 4 };
        Option<int> crowds = new("--crowds")
        {
            Description = "Galleries of people who are alike, per division.",
            DefaultValueFactory = _ => 10,
        };
        Option<int> seed = new("--seed") { Description = "Where the random choices begin.", DefaultValueFactory = _ => 1 };
        FiguresOption output = new();
        Option<string?> plot = new("--plot") { Description = "Also draw the measured and the promised shares into this file, as SVG." };
        CommandRanges.Between(splits, 1, 1000);
        CommandRanges.Between(draws, 1, 1000);
        Command command = new(
            "promise",
            "Calibrates on half of the people. Counts in galleries of the other half how many strangers are found, and compares "
                + "this with the promise.")
        {
            embedder,
            promise,
            size,
            filled,
            splits,
            draws,
            crowds,
            seed,
            output,
            plot,
        };
        SetOptions options = new(command, choosesPeople: true);
        shell.Handle(command, async (session, cancellationToken) =>
        {
            LabelledPictures pictures = options.Open(session);
            List<PromiseFigures> all = [];
            foreach (string profile in session.Parsed.GetValue(embedder)!)
            {
                FaceSet set = await FaceSetBuilder.BuildAsync(
                    pictures, options.Plan(session, profile), wanted: null, session.Log, cancellationToken);
                PromiseFigures figures = await Task.Run(() => PromiseExperiment.Run(
                    set,
                    session.Parsed.GetValue(promise)!,
                    session.Parsed.GetValue(size)!,
                    session.Parsed.GetValue(filled)!,
                    session.Parsed.GetValue(splits),
                    session.Parsed.GetValue(draws),
                    session.Parsed.GetValue(crowds),
                    session.Parsed.GetValue(seed),
                    options.Threads(session),
                    session.Terminal.Note,
                    cancellationToken), cancellationToken);
                all.Add(figures);
                if (!session.Terminal.IsJson)
                {
                    Print(session.Terminal, figures);
                }
            }

            await output.WriteAsync(session, all, cancellationToken);

            if (session.Parsed.GetValue(plot) is { } picture)
            {
                await File.WriteAllTextAsync(picture, PromisePlot.Draw(all), cancellationToken);
            }

            if (session.Terminal.IsJson)
            {
                session.Terminal.WriteJson(all);
            }

            return ExitCode.Ok;
        });
        return command;
    }

    private static void Print(Terminal terminal, PromiseFigures figures)
    {
        terminal.WriteTable(
            [figures.Embedder, ">people", ">made up", ">threshold", "FPIR measured", "without look-alikes", "FNIR"],
            figures.Points.Select(point => new[]
            {
                $"{100 * point.Promise:0.##} % promised{(point.Carried ? "" : ", not carried")}",
                $"{point.People}",
                $"{point.MadeUp}",
                $"{point.Distance:0.000}",
                point.FalsePositive.InWords(),
                point.WithoutLookAlikes.InWords(),
                point.FalseNegative.InWords(),
            }));
        if (figures.Crowds.Count > 0)
        {
            terminal.WriteTable(
                ["people who are alike", ">shift", "FPIR by the calibration alone", "with the shift", "FNIR alone", "with the shift"],
                figures.Crowds.Select(crowd => new[]
                {
                    $"{100 * crowd.Promise:0.##} % promised, {crowd.People} people",
                    $"{crowd.Shift:0.000}",
                    crowd.FalsePositiveAlone.InWords(),
                    crowd.FalsePositive.InWords(),
                    crowd.FalseNegativeAlone.InWords(),
                    crowd.FalseNegative.InWords(),
                }));
        }

        if (figures.Likeness.Count > 0)
        {
            terminal.WriteTable(
                [">distance", ">near a stranger, real", ">made up"],
                figures.Likeness.Select(point => new[] { $"{point.Distance:0.000}", $"{point.Real:0.0E0}", $"{point.MadeUp:0.0E0}" }));
        }
    }
}
