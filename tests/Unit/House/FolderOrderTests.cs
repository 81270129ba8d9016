using System.Text.RegularExpressions;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.House;

/// <summary>
/// Goal: folders of a project stay layers, without circles. Method: read the using lines and the qualified names of the sources, and
/// compare them with one declared order. A folder uses the folders before it and none after it.
/// </summary>
public sealed partial class FolderOrderTests
{
    /// <summary>Name of the files beside the project file that every folder may use.</summary>
    private const string Base = "(base)";

    /// <summary>Name of the files beside the project file that put the project together, and may use every folder.</summary>
    private const string Wiring = "(wiring)";

    // Gateway and Vision are left out: some of their folders still use each other.
    private static readonly Dictionary<string, string[]> Orders = new(StringComparer.Ordinal)
    {
        ["Grains"] = [Base, "Shards", "Storage", "Placement", "Cluster", "Maps", "Search", "People", "Galleries", "Embedding", Wiring],
        ["Cameras"] =
        [
            Base, "State", "Outbound", "Sources", "Sightings", "Placement", "Recognition", "Visits", "Visitors", "Watching", "Rules", Wiring,
        ],
    };

    public static TheoryData<string> Projects => [.. Orders.Keys];

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_folder_uses_only_folders_before_it(string project)
    {
        string[] order = Orders[project];
        List<Source> sources = Read(project);
        sources.Select(source => source.Folder).Except(order).ShouldBeEmpty("a folder has no place in the order");
        sources.Select(source => source.Folder).Distinct().ShouldBe(order, ignoreOrder: true, "the order names a folder that is not there");
        var mistakes =
            from source in sources
            from used in Uses(project, source, sources)
            where Array.IndexOf(order, used) > Array.IndexOf(order, source.Folder)
            select $"{source.Path} uses {used}";
        mistakes.ShouldBeEmpty();
    }

    [Fact]
    public void Uses_OfEachKind_AreFound()
    {
        var index = new Source("src/Grains/Search/ShardIndex.cs", "Search", "class ShardIndex");
        var user = new Source("src/Grains/Maps/A.cs", "Maps", "using FaceGrid.Grains.Storage;\nFaceGrid.Grains.People.CatchUps x; Search.ShardIndex y;");
        var folders = new[] { "Storage", "People" }.Select(folder => new Source($"src/Grains/{folder}/X.cs", folder, "class X"));
        Uses("Grains", user, [index, user, .. folders]).ShouldBe(["Storage", "People", "Search"], ignoreOrder: true);
    }

    private static List<Source> Read(string project) =>
    [
        .. SourceTree.Files($"src/{project}", "*.cs").Select(path => new Source(path, FolderOf(path), SourceTree.Text(path))),
    ];

    private static string FolderOf(string path) => path.Split('/') switch
    {
        [_, _, var folder, _, ..] => folder,
        [.., var file] when WiringFile().IsMatch(file) => Wiring,
        _ => Base,
    };

    private static HashSet<string> Uses(string project, Source source, List<Source> all)
    {
        var folders = all.Select(one => one.Folder).ToHashSet(StringComparer.Ordinal);
        IEnumerable<string> named = Regex
            .Matches(source.Text, $@"\bFaceGrid\.{project}\.(?<folder>\w+)", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(10))
            .Select(match => match.Groups["folder"].Value);
        IEnumerable<string> relative =
            from match in QualifiedName().Matches(source.Text)
            let folder = match.Groups["folder"].Value
            where folders.Contains(folder) && all.Exists(one => one.Folder == folder && Declares(one, match.Groups["type"].Value))
            select folder;
        return [.. named.Concat(relative).Where(folder => folder != source.Folder && folders.Contains(folder))];
    }

    private static bool Declares(Source source, string type) => Path.GetFileNameWithoutExtension(source.Path) == type;

    [GeneratedRegex(@"(Hosting|Program|Extensions)\.cs$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex WiringFile();

    [GeneratedRegex(@"(?<![\w.])(?<folder>\w+)\.(?<type>[A-Z]\w+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex QualifiedName();

    private sealed record Source(string Path, string Folder, string Text);
}
