using System.CommandLine;
using System.CommandLine.Invocation;
using FaceGrid.Cli.Bench;
using FaceGrid.Cli.Cameras;
using FaceGrid.Cli.Enrolment;
using FaceGrid.Cli.Evaluation;
using FaceGrid.Cli.Galleries;
using FaceGrid.Cli.Keys;
using FaceGrid.Cli.Models;
using FaceGrid.Cli.People;
using FaceGrid.Cli.Questions;
using FaceGrid.Cli.Shell;

namespace FaceGrid.Cli;

/// <summary>The whole command line, as a contents page.</summary>
internal static class CommandLine
{
    /// <summary>Parses and runs.</summary>
    /// <param name="args">The arguments.</param>
    /// <param name="host">What the run may touch.</param>
    /// <param name="cancellationToken">Stops the run; Ctrl+C does too.</param>
    /// <returns>An <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(string[] args, CliHost host, CancellationToken cancellationToken = default)
    {
        ParseResult parsed = Create(host).Parse(args);
        InvocationConfiguration configuration = new()
        {
            Output = host.Out,
            Error = host.Error,
            EnableDefaultExceptionHandler = false,
        };
        int exitCode = await parsed.InvokeAsync(configuration, cancellationToken);
        return parsed.Action is ParseErrorAction ? (int)ExitCode.Usage : exitCode;
    }

    private static RootCommand Create(CliHost host)
    {
        GlobalOptions global = new(host);
        CommandShell shell = new(host, global);
        RootCommand root = new(
            "FaceGrid on the command line: enrol folders, identify people, manage galleries, cameras, models and keys, and measure. "
                + "Long runs keep trying for 60 seconds unless --patience says otherwise. They are enrol, gallery export, import, "
                + "migrate, report and review, evaluate gallery and clean, camera watch, bench load and cameras.")
        {
            global.Server,
            global.Key,
            global.Gallery,
            global.Json,
            global.Patience,
        };
        root.Add(EnrolCommand.Create(shell));
        root.Add(IdentifyCommand.Create(shell));
        root.Add(VerifyCommand.Create(shell));
        root.Add(CompareCommand.Create(shell));
        root.Add(PeopleCommand.Create(shell));
        root.Add(GalleryCommand.Create(shell));
        root.Add(CameraCommand.Create(shell));
        root.Add(ModelsCommand.Create(shell));
        root.Add(KeysCommand.Create(shell));
        root.Add(EvaluateCommand.Create(shell));
        root.Add(CalibrateCommand.Create(shell));
        root.Add(BenchCommand.Create(shell));
        return root;
    }
}
