using System.CommandLine;
using FaceGrid.Cli.Shell;
using FaceGrid.Evaluation.Faces;
using FaceGrid.Evaluation.Grids;

namespace FaceGrid.Cli.Evaluation;

/// <summary><c>facegrid evaluate gallery</c>: does a running grid answer exactly what a plain loop over its gallery answers?</summary>
internal static class GalleryEvaluateCommand
{
    /// <summary>Creates the command.</summary>
    /// <param name="shell">Runs it.</param>
    /// <returns>The command.</returns>
    public static Command Create(CommandShell shell)
    {
        Option<int?> first = new("--first") { Description = "Only this many probes, spread evenly." };
        Option<double> tolerance = new("--tolerance")
        {
            Description = "Two distances count as equal up to this difference.",
            DefaultValueFactory = _ => 1e-6,
        };
        Option<bool> embeddings = new("--by-embedding")
        {
            Description = "Identify the vectors of /v1/embed instead of the pictures, for embedders whose numbers depend on the batch.",
        };
        CommandRanges.AtLeastOne(first);
        Command command = new(
            "gallery",
            "Identifies pictures over HTTP, all but each person's first, which should be enrolled. Compares each answer with a "
                + "plain loop over the gallery. Ends with 1 when an answer differs, 3 when a picture was refused.")
        {
            first,
            tolerance,
            embeddings,
        };
        GridRunOptions options = new(command);
        shell.Handle(
            command,
            async (session, cancellationToken) =>
            {
                LabelledPictures set = options.Open(session);
                GalleryEvaluation evaluation = await GalleryEvaluation.OpenAsync(
                    session.GalleryClient, set, session.Parsed.GetValue(tolerance), session.Parsed.GetValue(embeddings), cancellationToken);
                GalleryFigures figures = await evaluation.RunAsync(
                    session.Parsed.GetValue(first), options.Concurrency(session), session.Log, cancellationToken);
                await options.WriteAsync(session, figures, cancellationToken);
                Print(session.Terminal, figures);
                return figures.Mismatches > 0 || figures.Probes == 0 ? ExitCode.Failed
                    : figures.Failures.Count > 0 ? ExitCode.Partial
                    : ExitCode.Ok;
            },
            CommandShell.LongPatience);
        return command;
    }

    private static void Print(Terminal terminal, GalleryFigures figures)
    {
        if (terminal.IsJson)
        {
            terminal.WriteJson(figures);
            return;
        }

        terminal.WriteTable(
            ["gallery " + figures.Gallery, ""],
            [
                ["searched", $"{figures.People} people, {figures.Templates} templates"],
                [
                    "probes",
                    $"{figures.Probes}, {figures.WithoutFace} more without a face, {figures.NotEnrolled} of people who are not enrolled",
                ],
                ["rank-1", $"{100 * figures.RankOne:0.00} %"],
                [
                    "answers that differ from the plain loop",
                    $"{figures.Mismatches} (tolerance {figures.Tolerance:0.########}; largest difference {figures.DifferenceMax:0.0E0})",
                ],
                [
                    "time",
                    $"{figures.Seconds:0.0} s, {figures.ProbesPerSecond:0.0} probes/s; identify {figures.MedianMilliseconds:0.0} ms "
                        + $"median, {figures.Percentile99Milliseconds:0.0} ms at 99 %",
                ],
            ]);
        foreach (string example in figures.Examples.Concat(figures.Failures.Select(failure => $"{failure.File}: {failure.Reason}")))
        {
            terminal.WriteLine(example);
        }
    }
}
