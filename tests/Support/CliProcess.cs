using System.Collections.Concurrent;
using System.Diagnostics;

namespace FaceGrid.Tests.Support;

/// <summary>The command line in a process of its own, as a user runs it. The project that uses it references the command line, so that its files lie beside the tests.</summary>
public sealed class CliProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _out = new(), _error = new();

    private CliProcess(Process process) => _process = process;

    /// <summary>What it has printed so far, line by line.</summary>
    public IReadOnlyCollection<string> Out => _out;

    /// <summary>What it has complained of so far.</summary>
    public string Error => string.Join('\n', _error);

    /// <summary>Waits until it has ended and everything that it printed has been read; it may take two minutes.</summary>
    public async Task WaitForExitAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        await _process.WaitForExitAsync(limit.Token);
    }

    /// <summary>Starts a command.</summary>
    /// <param name="server">The gateway it talks to.</param>
    /// <param name="directory">Where it runs and keeps what it remembers.</param>
    /// <param name="arguments">The command.</param>
    public static CliProcess Start(Uri server, string directory, params string[] arguments) => StartProgram("facegrid.dll", server, directory, arguments);

    /// <summary>Starts another program that lies beside the tests and finds its gateway as the command line does.</summary>
    /// <param name="program">File name of its assembly.</param>
    /// <param name="server">The gateway it talks to.</param>
    /// <param name="directory">Where it runs.</param>
    /// <param name="arguments">Its arguments.</param>
    public static CliProcess StartProgram(string program, Uri server, string directory, params string[] arguments) =>
        StartCommand(["dotnet", Path.Combine(AppContext.BaseDirectory, program), .. arguments], server, directory);

    /// <summary>Starts a command that finds its gateway as the command line does.</summary>
    /// <param name="command">Program and arguments.</param>
    /// <param name="server">The gateway it talks to.</param>
    /// <param name="directory">Where it runs.</param>
    public static CliProcess StartCommand(string[] command, Uri server, string directory)
    {
        command = ChildProcess.Command(command);
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = directory,
        };
        (start.Environment["FACEGRID_SERVER"], start.Environment["XDG_STATE_HOME"]) = (server.ToString(), directory);
        var process = new Process { StartInfo = start };
        var cli = new CliProcess(process);
        process.OutputDataReceived += (_, line) => Keep(cli._out, line.Data);
        process.ErrorDataReceived += (_, line) => Keep(cli._error, line.Data);
        ChildProcess.Start(process);
        process.StandardInput.Close(); // Nobody answers questions.
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return cli;
    }

    /// <summary>Runs a command to its end; it may take two minutes.</summary>
    /// <param name="server">The gateway it talks to.</param>
    /// <param name="directory">Where it runs and keeps what it remembers.</param>
    /// <param name="arguments">The command.</param>
    /// <returns>Its exit code and what it printed.</returns>
    public static Task<CliRun> RunAsync(Uri server, string directory, params string[] arguments) => RunProgramAsync("facegrid.dll", server, directory, arguments);

    /// <summary>Runs another program that lies beside the tests to its end; it may take two minutes.</summary>
    /// <param name="program">File name of its assembly.</param>
    /// <param name="server">The gateway it talks to.</param>
    /// <param name="directory">Where it runs.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <returns>Its exit code and what it printed.</returns>
    public static Task<CliRun> RunProgramAsync(string program, Uri server, string directory, params string[] arguments) =>
        EndAsync(StartProgram(program, server, directory, arguments));

    /// <summary>Runs a command to its end; it may take two minutes.</summary>
    /// <param name="command">Program and arguments.</param>
    /// <param name="server">The gateway it talks to.</param>
    /// <param name="directory">Where it runs.</param>
    /// <returns>Its exit code and what it printed.</returns>
    public static Task<CliRun> RunCommandAsync(string[] command, Uri server, string directory) => EndAsync(StartCommand(command, server, directory));

    private static async Task<CliRun> EndAsync(CliProcess started)
    {
        await using CliProcess cli = started;
        await cli.WaitForExitAsync();
        return new CliRun(cli._process.ExitCode, string.Join('\n', cli._out), cli.Error);
    }

    /// <summary>Ends it, where it has not ended by itself.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private static void Keep(ConcurrentQueue<string> lines, string? line)
    {
        if (line is not null)
        {
            lines.Enqueue(line);
        }
    }
}
