using System.Text.Json.Nodes;
using FaceGrid.Cli;
using FaceGrid.Cli.Shell;

namespace FaceGrid.Tests.Cli;

/// <summary>What a run of the command line left behind.</summary>
internal sealed record CliRun(int ExitCode, string Out, string Error)
{
    public JsonNode Json => JsonNode.Parse(Out)!;

    /// <summary>Runs in this process against a server, with state in a directory of the test.</summary>
    public static Task<CliRun> Async(FakeGateway server, string state, params string[] args) => AtAsync(server.Address, state, args);

    /// <summary>Does the same against any address.</summary>
    public static Task<CliRun> AtAsync(string address, string state, params string[] args) =>
        RunAsync(address, state, isTerminal: false, args);

    /// <summary>Does the same for a person, who reads no JSON.</summary>
    public static Task<CliRun> AtTerminalAsync(string address, string state, params string[] args) =>
        RunAsync(address, state, isTerminal: true, args);

    private static async Task<CliRun> RunAsync(string address, string state, bool isTerminal, string[] args)
    {
        StringWriter output = new();
        StringWriter error = new();
        CliHost host = new()
        {
            Out = output,
            OutIsTerminal = isTerminal,
            Error = TextWriter.Synchronized(error),
            Environment = name => name switch { "FACEGRID_SERVER" => address, "XDG_STATE_HOME" => state, _ => null },
        };
        int exitCode = await CommandLine.RunAsync(args, host, Xunit.TestContext.Current.CancellationToken);
        return new CliRun(exitCode, output.ToString(), error.ToString());
    }
}
