using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.House;

/// <summary>
/// Goal: no page points to nothing. Method: follow every relative link of every Markdown page to a file or folder, and to the heading
/// that it names.
/// </summary>
public sealed partial class DocumentLinksTests
{
    private static readonly string[] Folders = ["docs", "deploy", "models", "samples", "tools", ".github"];

    [Fact]
    public void Links_EveryPage_LeadSomewhere()
    {
        string[] pages = [.. Directory.GetFiles(Root(), "*.md"),
            .. Folders.Select(folder => Path.Combine(Root(), folder)).Where(Directory.Exists)
                .SelectMany(folder => Directory.GetFiles(folder, "*.md", SearchOption.AllDirectories))];

        pages.Length.ShouldBeGreaterThan(15, "or the test looks in the wrong place");
        pages.SelectMany(page => Broken(page, File.ReadAllText(page))).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("[code](docs/api.md)", "")]
    [InlineData("[code](docs/api.md#routes)", "")]
    [InlineData("[address](https://example.org/nothing.md)", "")]
    [InlineData("```\n[code](docs/nothing.md)\n```", "")]
    [InlineData("[code](docs/nothing.md)", "docs/nothing.md")]
    [InlineData("[code](docs/api.md#nothing)", "docs/api.md#nothing")]
    public void Broken_LinkToNothing_IsFound(string text, string link) =>
        string.Join(' ', Broken(Path.Combine(Root(), "README.md"), text)).ShouldBe(link.Length == 0 ? "" : $"README.md: {link}");

    private static IEnumerable<string> Broken(string page, string text) => Link().Matches(Fence().Replace(text, ""))
        .Select(match => match.Groups["link"].Value).Where(link => !link.Contains("://", StringComparison.Ordinal) && !Leads(page, link))
        .Select(link => $"{Path.GetRelativePath(Root(), page)}: {link}");

    private static bool Leads(string page, string link)
    {
        string[] parts = link.Split('#');
        string target = parts[0].Length == 0 ? page : Path.Combine(Path.GetDirectoryName(page)!, parts[0]);
        return File.Exists(target)
            ? parts.Length == 1 || Heading().Matches(File.ReadAllText(target)).Any(match => Anchor(match.Groups["text"].Value) == parts[1])
            : Directory.Exists(target) && parts.Length == 1;
    }

    /// <summary>The anchor that GitHub gives a heading.</summary>
    private static string Anchor(string heading) =>
        string.Concat(heading.ToLowerInvariant().Where(letter => char.IsLetterOrDigit(letter) || letter is '-' or '_' or ' '))
            .Trim().Replace(' ', '-');

    private static string Root([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", ".."));

    [GeneratedRegex(@"\]\((?<link>[^)\s]+)\)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Link();

    [GeneratedRegex("```.*?```", RegexOptions.Singleline, 1000)]
    private static partial Regex Fence();

    [GeneratedRegex(@"^#+ (?<text>.*)$", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex Heading();
}
