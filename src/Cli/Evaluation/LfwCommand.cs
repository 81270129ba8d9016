using System.CommandLine;
using FaceGrid.Cli.Shell;
using FaceGrid.Evaluation.Accuracy;
using FaceGrid.Models;

namespace FaceGrid.Cli.Evaluation;

/// <summary><c>facegrid evaluate lfw</c>, or <c>faces</c>: how accurate are detector, alignment, embedder and search together?</summary>
internal static class LfwCommand
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
        Option<bool> allPairs = new("--all-pairs")
        {
            Description = "Also compare every picture with every other.",
            DefaultValueFactory = _ => true,
        };
        Option<bool> view2Only = new("--view2-only") { Description = "Use only the 7,701 pictures of View 2: no all pairs, no rank-1." };
        Option<bool> heldOut = new("--held-out")
        {
            Description = "Also judge on people whom the built-in models were not trained on, with thresholds from other such people. "
                + "Not with --view2-only.",
        };
        FiguresOption output = new();
        Option<string?> plots = new("--plots") { Description = "Also draw DET, CMC and open-set curves into this directory, as SVG." };
        Command command = new(
            "lfw",
            "Measures embedders on labelled pictures, one directory per person (Labeled Faces in the Wild or any other), in this "
                + "process. Ends with 1 when the search differs from the plain loop.")
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
            LfwMeasurement measurement = new(
                options.Open(session),
                session.Parsed.GetValue(view2Only),
                session.Parsed.GetValue(allPairs),
                session.Parsed.GetValue(heldOut),
                session.Log);
            List<LfwReport> reports = [];
            foreach (string profile in session.Parsed.GetValue(embedder)!)
            {
                LfwReport report = await measurement.MeasureAsync(options.Plan(session, profile), cancellationToken);
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
}
