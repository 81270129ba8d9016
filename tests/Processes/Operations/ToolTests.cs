using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Xml.Linq;
using FaceGrid.Tests.Support;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Operations;

/// <summary>
/// Goal: the scripts that guard commits and releases refuse what they should. Method: run them, in a git repository made for it.
/// </summary>
public sealed class ToolTests
{
    [Theory]
    [InlineData("Draw two distinct embedders", 0)]
    [InlineData("A subject of exactly seventy-two characters is as long as one may be, ok", 0)]
    [InlineData("A subject of seventy-three characters is one too many, and so is refused!", 1)]
    [InlineData("Über die Größe wird nach Zeichen und nicht nach Bytes geurteilt, überall", 0)]
    [InlineData("Do this.", 1)]
    public async Task CheckCommits_Subject_IsJudged(string subject, int exitCode)
    {
        using var directory = new TemporaryDirectory();
        await GitAsync(directory.Path, "init", "-q", "-b", "main");
        await GitAsync(directory.Path, "commit", "-q", "--allow-empty", "-m", "Begin.");
        await GitAsync(directory.Path, "commit", "-q", "--allow-empty", "-m", subject, "-m", "A body may be as long as it likes.");

        (await RunAsync(directory.Path, Tool("check-commits"), "HEAD~1..HEAD")).ShouldBe(exitCode);
    }

    [Fact]
    public async Task CheckCommits_UnknownRange_Fails()
    {
        using var directory = new TemporaryDirectory();
        await GitAsync(directory.Path, "init", "-q", "-b", "main");

        (await RunAsync(directory.Path, Tool("check-commits"), "nothing..HEAD")).ShouldNotBe(0);
    }

    [Fact]
    public async Task Version_TagOfAnotherVersionOrWithoutSection_IsRefused()
    {
        using var directory = new TemporaryDirectory();
        string root = Path.GetDirectoryName(Path.GetDirectoryName(Tool("version")))!;
        string script = Path.Combine(Directory.CreateDirectory(Path.Combine(directory.Path, "tools")).FullName, "version");
        File.Copy(Tool("version"), script);
        File.Copy(Path.Combine(root, "Directory.Build.props"), Path.Combine(directory.Path, "Directory.Build.props"));
        string version = (string)XDocument.Load(Path.Combine(root, "Directory.Build.props")).Descendants("Version").Single();
        string changelog = Path.Combine(directory.Path, "CHANGELOG.md");

        File.WriteAllText(changelog, $"## [Unreleased]\n\n## [{version}] - 2026-01-31\n");
        (await RunAsync(directory.Path, script)).ShouldBe(0);
        (await RunAsync(directory.Path, script, $"v{version}")).ShouldBe(0);
        (await RunAsync(directory.Path, script, $"v{version}0")).ShouldBe(1);
        (await RunAsync(directory.Path, script, version)).ShouldBe(1);

        File.WriteAllText(changelog, "## [Unreleased]\n");
        (await RunAsync(directory.Path, script, $"v{version}")).ShouldBe(1);
    }

    private static async Task GitAsync(string directory, params string[] arguments) =>
        (await RunAsync(directory, "git", ["-c", "user.name=Somebody", "-c", "user.email=somebody@example.com", .. arguments])).ShouldBe(0);

    private static async Task<int> RunAsync(string directory, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = directory,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        await process.StandardOutput.ReadToEndAsync();
        await error;
        await process.WaitForExitAsync();
        return process.ExitCode;
    }

    private static string Tool(string name, [CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..", "tools", name));
}
