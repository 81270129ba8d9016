using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.House;

/// <summary>
/// Goal: a newcomer who goes by the pages at the root is led to what is there. Method: look for every file that CONTRIBUTING names, and
/// for the version.
/// </summary>
public sealed partial class FrontDoorTests
{
    [Fact]
    public void Contributing_names_only_files_that_are_there()
    {
        string text = File.ReadAllText(Path.Combine(Root(), "CONTRIBUTING.md"));
        string[] named = [.. Quoted().Matches(text).Select(match => match.Groups["path"].Value)];
        named.Length.ShouldBeGreaterThan(25);
        named.Where(path => !Path.Exists(Path.Combine(Root(), path))).ShouldBeEmpty();
    }

    [Fact]
    public void The_version_stands_in_one_file()
    {
        string version = Version();
        Regex literal = new(@"(?<![\d.])" + Regex.Escape(version) + @"(?![\d.])", RegexOptions.None, TimeSpan.FromSeconds(1));
        string[] folders = ["deploy", "docs", "src", "samples", ".github"];
        IEnumerable<string> texts = folders
            .SelectMany(folder => Directory.GetFiles(Path.Combine(Root(), folder), "*", SearchOption.AllDirectories))
            .Where(file => !BuildOutput().IsMatch(file) && Path.GetExtension(file) is not (".svg" or ".json" or ".onnx"))
            .Append(Path.Combine(Root(), "README.md"));

        texts.Where(file => literal.IsMatch(File.ReadAllText(file))).ShouldBeEmpty("it stands in Directory.Build.props");
    }

    [Fact]
    public void The_changelog_begins_with_what_is_not_released_and_has_every_section_once_with_a_date()
    {
        string[] lines = File.ReadAllLines(Path.Combine(Root(), "CHANGELOG.md"));
        string[] headings = [.. lines.Where(line => line.StartsWith("## ", StringComparison.Ordinal))];
        headings[0].ShouldBe("## [Unreleased]");
        headings[1..].ShouldAllBe(heading => ReleaseHeading().IsMatch(heading));
        headings.ShouldBeUnique();
        Version[] versions = [.. headings[1..].Select(heading => new Version(ReleaseHeading().Match(heading).Groups["version"].Value))];
        versions.ShouldBe(versions.OrderDescending());
        versions[0].ShouldBeLessThanOrEqualTo(new Version(Version()));
    }

    private static string Version() =>
        (string)XDocument.Load(Path.Combine(Root(), "Directory.Build.props")).Descendants("Version").Single();

    private static string Root([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", ".."));

    // What is quoted and begins with a folder of the repository; an example with a placeholder is none.
    [GeneratedRegex(@"`(?<path>(\.ci|\.github|deploy|docs|models|samples|src|tests|tools)/[^`<>* ]+)`", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Quoted();

    [GeneratedRegex(@"^## \[(?<version>\d+\.\d+\.\d+)\] - \d{4}-\d{2}-\d{2}$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ReleaseHeading();

    [GeneratedRegex(@"[\\/](bin|obj)[\\/]", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex BuildOutput();
}
