using System.CommandLine;
using FaceGrid.Cli.Shell;

namespace FaceGrid.Cli.Bench;

/// <summary><c>facegrid bench</c>: how fast is this machine, and how fast a running grid?</summary>
internal static class BenchCommand
{
    /// <summary>Creates the command.</summary>
    /// <param name="shell">Runs it.</param>
    /// <returns>The command with its sub-commands.</returns>
    public static Command Create(CommandShell shell) =>
        new("bench", "Measures the speed of search and models in this process, or of a running grid.")
    {
        SearchBenchCommand.Create(shell),
        GrowthCommand.Create(shell),
        LoadCommand.Create(shell),
        CamerasCommand.Create(shell),
        ScalingCommand.Create(shell),
        ModelsBenchCommand.Create(shell),
    };
}
