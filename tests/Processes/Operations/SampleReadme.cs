using System.Runtime.CompilerServices;
using Shouldly;

namespace FaceGrid.Tests.Operations;

/// <summary>
/// What the README of a sample tells users to type, and what they will see. Its lines run in a shell as they stand: only
/// <c>dotnet run</c> takes the programs that lie beside the tests instead of building them, and the address is that of the test's node.
/// </summary>
internal sealed class SampleReadme
{
    private const string Shell = """
        set -u
        dotnet() {
          [ "$1 $2" = 'run --project' ] || { echo "dotnet $1 $2 is not what this test knows" >&2; return 2; }
          local program=$3
          shift 3
          [ "${1:-}" != -- ] || shift
          case $program in
            src/Silo) program=FaceGrid.Silo.dll ;;
            samples/*) program=FaceGrid.Samples.${program#samples/}.dll ;;
          esac
          command dotnet "$FACEGRID_TEST_PROGRAMS/$program" "$@"
        }
        curl() { command curl -sS --fail-with-body "${@/#http:\/\/127.0.0.1:8080/${FACEGRID_SERVER%/}}"; }

        """;

    private readonly string[] lines;

    /// <summary>Reads it.</summary>
    /// <param name="sample">Folder of the sample.</param>
    public SampleReadme(string sample)
    {
        Folder = PathOf(sample);
        lines = File.ReadAllLines(Path.Combine(Folder, "README.md"));
    }

    /// <summary>Folder of the sample.</summary>
    public string Folder { get; }

    /// <summary>The lines of its blocks of shell commands, in order; a command on several lines is one.</summary>
    public string[] Commands => [.. Blocks("sh").SelectMany(block => string.Join('\n', block).Replace("\\\n", " ", StringComparison.Ordinal).Split('\n'))];

    /// <summary>The block below the heading "Expected output".</summary>
    public string[] Printed
    {
        get
        {
            int start = Array.IndexOf(lines, "```", Array.IndexOf(lines, "## Expected output")) + 1;
            return lines[start..Array.IndexOf(lines, "```", start)];
        }
    }

    /// <summary>The command of the README that begins in a way, or holds it, ready to be started as a process.</summary>
    /// <param name="part">What only this command has.</param>
    public string[] Command(string part)
    {
        string line = Commands.Where(command => command.Contains(part, StringComparison.Ordinal)).ShouldHaveSingleItem();
        return ["bash", "-c", $"FACEGRID_TEST_PROGRAMS='{AppContext.BaseDirectory.TrimEnd('/')}'\n{Shell}{line}"];
    }

    private IEnumerable<string[]> Blocks(string language)
    {
        for (int start = 0; (start = Array.FindIndex(lines, start, line => line.Trim() == $"```{language}")) >= 0;)
        {
            int end = Array.FindIndex(lines, start + 1, line => line.Trim() == "```");
            yield return [.. lines[(start + 1)..end].Select(line => line.Trim())];
            start = end;
        }
    }

    private static string PathOf(string sample, [CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..", "samples", sample));
}
