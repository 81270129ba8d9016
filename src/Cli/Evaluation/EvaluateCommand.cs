using System.CommandLine;
using FaceGrid.Cli.Shell;

namespace FaceGrid.Cli.Evaluation;

/// <summary><c>facegrid evaluate</c>: measures.</summary>
internal static class EvaluateCommand
{
    /// <summary>Creates the command.</summary>
    /// <param name="shell">Runs it.</param>
    /// <returns>The command with its sub-commands.</returns>
    public static Command Create(CommandShell shell) => new("evaluate", "Measures accuracy and exactness.")
    {
        LfwCommand.Create(shell),
        PromiseCommand.Create(shell),
        GroupsCommand.Create(shell),
        GalleryEvaluateCommand.Create(shell),
        CleanCommand.Create(shell),
        PadCommand.Create(shell),
        DetectorCommand.Create(shell),
    };
}
