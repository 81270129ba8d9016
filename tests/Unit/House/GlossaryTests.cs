using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.House;

/// <summary>
/// Goal: the glossary speaks of the code as it is. Method: read docs/glossary.md, and find every name of its last column in src: a type
/// that a file declares, a member that the compiled type declares, or a folder. A word in a comment is no name.
/// </summary>
public sealed partial class GlossaryTests
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private const string Modifiers = @"(public|internal|private|protected|static|sealed|abstract|readonly|partial|file|ref|unsafe)\s+";

    [Fact]
    public void Glossary_EveryTerm_NamesCodeThatExists()
    {
        HashSet<string> types = DeclaredTypes();
        Term[] terms = Terms(File.ReadAllText(Path.Combine(Root(), "docs", "glossary.md")));

        terms.Length.ShouldBeGreaterThan(50, "or the test reads the table in another form than it has");
        terms.Select(term => term.Name).ShouldBeUnique();
        terms.Where(term => term.Meaning.Length == 0 || term.Code.Length == 0).ShouldBeEmpty();
        terms.SelectMany(term => term.Code.Where(code => !Exists(code, types)), (term, code) => $"{term.Name}: {code}").ShouldBeEmpty();
    }

    [Theory]
    [InlineData("ShardGrain", true)]
    [InlineData("Promise.Fpir", true)]
    [InlineData("MigrationState.Ready", true)] // An enum value
    [InlineData("Outbox.VisitsMax", true)] // A constant
    [InlineData("Backoff.Pause", true)]
    [InlineData("Backoff.longest", true)] // A parameter
    [InlineData("Grains/Placement", true)]
    [InlineData("ShardGrains", false)]
    [InlineData("Promise.Fnir", false)]
    [InlineData("GalleryState.GalleryMap", false)] // Only its comments have this word
    [InlineData("GalleryState.MemberwiseClone", false)] // It calls this method and declares none of the name
    [InlineData("Grains/Places", false)]
    public void Exists_NameOfNothing_IsFound(string code, bool exists) => Exists(code, DeclaredTypes()).ShouldBe(exists);

    [Fact]
    public void Terms_RowWithoutCode_IsReadAsSuch()
    {
        Term term = Terms("| term | meaning | in the code |\n|---|---|---|\n| probe | what is searched | |\n").Single();
        term.Name.ShouldBe("probe");
        term.Meaning.ShouldBe("what is searched");
        term.Code.ShouldBeEmpty();
    }

    private static bool Exists(string code, HashSet<string> types)
    {
        if (code.Contains('/', StringComparison.Ordinal))
        {
            return Directory.Exists(Path.Combine(Root(), "src", code));
        }

        string[] parts = code.Split('.');
        return types.Contains(parts[0]) && (parts.Length == 1 || CompiledTypes(parts[0]).Any(type => Declares(type, parts[1])));
    }

    private static HashSet<string> DeclaredTypes()
    {
        string source = Path.Combine(Root(), "src");
        return [.. Directory.EnumerateFiles(source, "*.cs", SearchOption.AllDirectories)
            .Where(file => !Path.GetRelativePath(source, file).Split(Path.DirectorySeparatorChar).Any(part => part is "obj" or "bin"))
            .SelectMany(file => TypeDeclaration().Matches(File.ReadAllText(file)))
            .Select(match => match.Groups["name"].Value)];
    }

    // The node itself is no reference of these tests. Its types are found, and their members are not.
    private static IEnumerable<Type> CompiledTypes(string name) =>
        Directory.EnumerateFiles(AppContext.BaseDirectory, "*.dll")
            .Where(file => Path.GetFileName(file) is var program && (program == "facegrid.dll"
                || (program.StartsWith("FaceGrid.", StringComparison.Ordinal) && !program.Contains("Tests", StringComparison.Ordinal))))
            .SelectMany(file => Assembly.LoadFrom(file).GetTypes())
            .Where(type => type.Name.Split('`')[0] == name);

    private static bool Declares(Type type, string member) =>
        Array.Exists(type.GetMembers(Declared), one => one.Name == member)
            || type.GetMethods(Declared).Concat<MethodBase>(type.GetConstructors(Declared))
                .SelectMany(method => method.GetParameters())
                .Any(parameter => parameter.Name == member);

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

    private sealed record Term(string Name, string Meaning, string[] Code);
}
