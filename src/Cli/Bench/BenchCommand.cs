using System.CommandLine;
using FaceGrid.Cli.Shell;

namespace FaceGrid.Cli.Bench;

/// <summary><c>facegrid bench</c>: how fast is this machine?</summary>
internal static class BenchCommand
{
    /// <summary>Creates the command.</summary>
    /// <param name="shell">Runs it.</param>
    /// <returns>The command with its sub-commands.</returns>
    public static Command Create(CommandShell shell) => new("bench", "Measures speed, in this process.")
    {
        SearchBenchCommand.Create(shell),
        GrowthCommand.Create(shell),
    };
}
