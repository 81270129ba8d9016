using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.House;

/// <summary>
/// Goal: the glossary speaks of the code as it is. Method: read docs/glossary.md, and find every name of its last column in src: a
/// declared type, a member in the file of its type, or a folder.
/// </summary>
public sealed partial class GlossaryTests
{
    private const string Modifiers = @"(public|internal|private|protected|static|sealed|abstract|readonly|partial|file|ref|unsafe)\s+";

    [Fact]
    public void Glossary_EveryTerm_NamesCodeThatExists()
    {
        Source[] sources = Sources();
        Term[] terms = Terms(File.ReadAllText(Path.Combine(Root(), "docs", "glossary.md")));

        terms.Length.ShouldBeGreaterThan(50, "or the test reads the table in another form than it has");
        terms.Select(term => term.Name).ShouldBeUnique();
        terms.Where(term => term.Meaning.Length == 0 || term.Code.Length == 0).ShouldBeEmpty();
        terms.SelectMany(term => term.Code.Where(code => !Exists(code, sources)), (term, code) => $"{term.Name}: {code}").ShouldBeEmpty();
    }

    [Theory]
    [InlineData("ShardGrain", true)]
    [InlineData("Promise.Fpir", true)]
    [InlineData("Grains/Placement", true)]
    [InlineData("ShardGrains", false)]
    [InlineData("Promise.Fnir", false)]
    [InlineData("Grains/Places", false)]
    public void Exists_NameOfNothing_IsFound(string code, bool exists) => Exists(code, Sources()).ShouldBe(exists);

    [Fact]
    public void Terms_RowWithoutCode_IsReadAsSuch()
    {
        Term term = Terms("| term | meaning | in the code |\n|---|---|---|\n| probe | what is searched | |\n").Single();
        term.Name.ShouldBe("probe");
        term.Meaning.ShouldBe("what is searched");
        term.Code.ShouldBeEmpty();
    }

    private static bool Exists(string code, Source[] sources)
    {
        if (code.Contains('/', StringComparison.Ordinal))
        {
            return Directory.Exists(Path.Combine(Root(), "src", code));
        }

        string[] parts = code.Split('.');
        return Array.Exists(sources, source => source.Types.Contains(parts[0]) && (parts.Length == 1 || source.Mentions(parts[1])));
    }

    private static Source[] Sources()
    {
        string source = Path.Combine(Root(), "src");
        return [.. Directory.EnumerateFiles(source, "*.cs", SearchOption.AllDirectories)
            .Where(file => !Path.GetRelativePath(source, file).Split(Path.DirectorySeparatorChar).Any(part => part is "obj" or "bin"))
            .Select(File.ReadAllText)
            .Select(text => new Source(text, [.. TypeDeclaration().Matches(text).Select(match => match.Groups["name"].Value)]))];
    }

    private static Term[] Terms(string page) =>
        [.. page.Split('\n').Where(line => line.StartsWith("| ", StringComparison.Ordinal))
            .Where(line => !line.StartsWith("| term |", StringComparison.Ordinal))
            .Select(line => line.Trim().Trim('|').Split('|', StringSplitOptions.TrimEntries))
            .Select(cells => new Term(cells[0], cells[1], [.. CodeName().Matches(cells[^1]).Select(match => match.Groups["name"].Value)]))];

    private static string Root([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", ".."));

    [GeneratedRegex(
        @"^\s*(\[[^\]]*\]\s*)*(" + Modifiers + @")*(class|record(\s+(class|struct))?|struct|interface|enum)\s+(?<name>[A-Z]\w*)",
        RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex TypeDeclaration();

    [GeneratedRegex("`(?<name>[^`]+)`", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex CodeName();

    private sealed record Source(string Text, HashSet<string> Types)
    {
        public bool Mentions(string word) => Regex.IsMatch(Text, $@"\b{Regex.Escape(word)}\b", RegexOptions.None, TimeSpan.FromSeconds(1));
    }

    private sealed record Term(string Name, string Meaning, string[] Code);
}
