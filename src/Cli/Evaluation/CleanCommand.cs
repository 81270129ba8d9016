using System.CommandLine;
using FaceGrid.Cli.Shell;
using FaceGrid.Evaluation.Faces;
using FaceGrid.Evaluation.Grids;

namespace FaceGrid.Cli.Evaluation;

/// <summary>
/// <c>facegrid evaluate clean</c>: plants mislabelled pictures and duplicates in a gallery and counts what its policy catches.
/// </summary>
internal static class CleanCommand
{
    /// <summary>Creates the command.</summary>
    /// <param name="shell">Runs it.</param>
    /// <returns>The command.</returns>
    public static Command Create(CommandShell shell)
    {
        Option<int> people = new("--people") { Description = "People, 2 to 5,749.", DefaultValueFactory = _ => 2000 };
        Option<int> planted = new("--planted")
        {
            Description = "Number of mislabelled pictures, and number of duplicates, 1 to 500.",
            DefaultValueFactory = _ => 200,
        };
        Option<int> seed = new("--seed") { Description = "Seed of the plan.", DefaultValueFactory = _ => 1 };
        CommandRanges.Between(people, 2, 5749);
        CommandRanges.Between(planted, 1, 500);
        Command command = new(
            "clean",
            "Enrols LFW people, with planted errors, in a new gallery that refuses duplicates and quarantines inconsistent faces. "
                + "Counts the errors that are caught and the good pictures that are wrongly held.")
        {
            people,
            planted,
            seed,
        };
        GridRunOptions options = new(command);
        shell.Handle(
            command,
            async (session, cancellationToken) =>
            {
                LabelledPictures set = options.Open(session);
                int drawn = session.Parsed.GetValue(seed);
                CleanPlan plan = CleanPlan.Draw(set, session.Parsed.GetValue(people), session.Parsed.GetValue(planted), drawn);
                CleanFigures figures = await new CleanRun(
                    session.GalleryClient, set, plan, drawn, session.Log).RunAsync(options.Concurrency(session), cancellationToken);
                await options.WriteAsync(session, figures, cancellationToken);
                Print(session.Terminal, figures);
                return ExitCode.Ok;
            },
            CommandShell.LongPatience);
        return command;
    }

    private static void Print(Terminal terminal, CleanFigures figures)
    {
        if (terminal.IsJson)
        {
            terminal.WriteJson(figures);
            return;
        }

        terminal.WriteTable(
            ["gallery " + figures.Gallery, ""],
            [
                [
                    "enrolled",
                    $"{figures.Pictures} pictures of {figures.People} people in {figures.Seconds:0.0} s, {figures.WithoutFace} without "
                        + $"a face; seed {figures.Seed}",
                ],
                [
                    "mislabelled pictures",
                    $"{figures.MislabelledCaught} of {figures.Mislabelled} caught, {figures.MislabelledReported} more named by the report",
                ],
                [
                    "duplicates",
                    $"{figures.DuplicatesCaught} of {figures.Duplicates} caught, {figures.DuplicatesReported} more named by the report",
                ],
                ["caught at enrolment", $"{100 * figures.CaughtShare:0.00} %"],
                [
                    "good pictures wrongly held",
                    $"{100 * figures.HeldShare:0.00} % of {figures.Good}: {figures.GoodRefused} refused, {figures.GoodQuarantined} in "
                        + "quarantine",
                ],
            ]);
    }
}
