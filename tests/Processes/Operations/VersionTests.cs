using System.Runtime.CompilerServices;
using System.Xml.Linq;
using FaceGrid.Tests.Support;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Operations;

/// <summary>Goal: whoever reports a problem can say which version they run. Method: ask every program, as a process of its own.</summary>
public sealed class VersionTests
{
    [Theory]
    [InlineData("facegrid.dll")]
    [InlineData("FaceGrid.Silo.dll")]
    [InlineData("FaceGrid.Gateway.dll")]
    public async Task Version_EveryProgram_IsTheOneOfTheBuild(string program)
    {
        using var directory = new TemporaryDirectory();
        CliRun run = await CliProcess.RunProgramAsync(program, new Uri("http://127.0.0.1:1"), directory.Path, "--version");

        run.ExitCode.ShouldBe(0, run.Error);
        run.Out.Trim().Split('+')[0].ShouldBe(Version());
        Directory.GetFileSystemEntries(directory.Path).ShouldBeEmpty("a question about the version leaves nothing behind");
    }

    private static string Version([CallerFilePath] string here = "")
    {
        string properties = Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..", "Directory.Build.props");
        return (string)XDocument.Load(properties).Descendants("Version").Single();
    }
}
