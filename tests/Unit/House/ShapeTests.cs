using System.Text.RegularExpressions;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.House;

/// <summary>
/// Goal: files and classes stay small enough to be read, and lines short enough to be seen. Method: count, over the sources and the pages.
/// </summary>
public sealed partial class ShapeTests
{
    private const int FileLinesMax = 350;
    private const int ClassLinesMax = 400;
    private const int LineColumnsMax = 140;

    private static IEnumerable<string> Sources => SourceTree.Files("src", "*.cs");

    [Fact]
    public void A_namespace_is_the_folder_of_its_file()
    {
        var mistakes =
            from path in Sources
            let folder = string.Join('.', path.Split('/')[1..^1])
            from match in Namespace().Matches(SourceTree.Text(path))
            where match.Groups["name"].Value != $"FaceGrid.{folder}"
            select $"{path}: {match.Groups["name"].Value}";
        mistakes.ShouldBeEmpty();
    }

    [Fact]
    public void No_file_is_long()
    {
        var mistakes =
            from path in Sources
            let lines = SourceTree.Lines(path).Length
            where lines > FileLinesMax
            select $"{path}: {lines} lines";
        mistakes.ShouldBeEmpty();
    }

    [Fact]
    public void No_class_hides_behind_partial_files()
    {
        var parts =
            from path in Sources
            where !path.EndsWith(".Log.cs", StringComparison.Ordinal)
            from match in PartialType().Matches(SourceTree.Text(path))
            select (Path: path, Type: Path.GetDirectoryName(path) + "/" + match.Groups["name"].Value);
        var mistakes =
            from part in parts.Distinct()
            group SourceTree.Lines(part.Path).Length by part.Type into type
            where type.Sum() > ClassLinesMax
            select $"{type.Key}: {type.Sum()} lines";
        mistakes.ShouldBeEmpty();
    }

    [Fact]
    public void No_line_of_the_sources_is_wide()
    {
        var mistakes =
            from path in Sources
            from line in SourceTree.Lines(path).Index()
            where IsWide(line.Item)
            select $"{path}:{line.Index + 1}";
        mistakes.ShouldBeEmpty();
    }

    [Fact]
    public void No_line_of_the_pages_is_wide()
    {
        var mistakes =
            from path in SourceTree.Files("docs", "*.md")
            from number in WideLinesOf(SourceTree.Lines(path))
            select $"{path}:{number}";
        mistakes.ShouldBeEmpty();
    }

    [Fact]
    public void WideLinesOf_TableAddressAndJson_AreLeftOut()
    {
        string wide = new('x', LineColumnsMax + 1);
        WideLinesOf([wide, $"| {wide} |", $"{wide} https://example.org", "```json", wide, "```", wide]).ShouldBe([1, 7]);
    }

    private static bool IsWide(string line) => line.Length > LineColumnsMax && !line.Contains("://", StringComparison.Ordinal);

    /// <summary>Numbers of the wide lines of a page, from 1. Rows of tables, lines with addresses and JSON in fences cannot be broken.</summary>
    private static IEnumerable<int> WideLinesOf(string[] lines)
    {
        bool json = false;
        for (int index = 0; index < lines.Length; index++)
        {
            string line = lines[index].TrimStart();
            if (line.StartsWith("```", StringComparison.Ordinal))
            {
                json = !json && line.StartsWith("```json", StringComparison.Ordinal);
            }
            else if (!json && !line.StartsWith('|') && IsWide(lines[index]))
            {
                yield return index + 1;
            }
        }
    }

    [GeneratedRegex(@"^namespace (?<name>[\w.]+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Namespace();

    [GeneratedRegex(
        @"^[\w ]*\bpartial (class|struct|record|record struct|interface) (?<name>\w+)",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 10_000)]
    private static partial Regex PartialType();
}
