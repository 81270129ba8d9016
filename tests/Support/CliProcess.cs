using System.Diagnostics;

namespace FaceGrid.Tests.Support;

/// <summary>The command line as its users run it: a process of its own. The project that uses it references the command line, so that its files lie beside the tests.</summary>
/// <param name="ExitCode">What it ended with.</param>
/// <param name="Out">Its standard output.</param>
/// <param name="Error">Its standard error.</param>
public sealed record CliProcess(int ExitCode, string Out, string Error)
{
    /// <summary>Runs a command to its end; it may take two minutes.</summary>
    /// <param name="node">The gateway it talks to.</param>
    /// <param name="state">Where it keeps state, and where it runs.</param>
    /// <param name="arguments">The command line.</param>
    public static async Task<CliProcess> RunAsync(NodeProcess node, string state, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "facegrid.dll"), .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = state,
        };
        start.Environment["FACEGRID_SERVER"] = node.Http.BaseAddress!.ToString();
        start.Environment["XDG_STATE_HOME"] = state;
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        try
        {
            await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(2));
        }
        finally
        {
            process.Kill();
        }

        return new CliProcess(process.ExitCode, await output, await error);
    }
}
