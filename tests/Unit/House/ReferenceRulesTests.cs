using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.House;

/// <summary>Goal: the layers stay layers. Method: read the project files and compare their references with the rules of docs/architecture.md.</summary>
public sealed partial class ReferenceRulesTests
{
    private static readonly Dictionary<string, (string[] Projects, string[] ForbiddenPackages)> Rules = new(StringComparer.Ordinal)
    {
        ["Abstractions"] = ([], ["Microsoft.ML", "SkiaSharp", "SixLabors", "Microsoft.Data.Sqlite", "Npgsql", "Microsoft.Orleans.Server"]),
        ["Models"] = ([], ["Microsoft.", "SkiaSharp", "SixLabors"]),
        ["Vision"] = (["Models"], ["Microsoft.Orleans", "Microsoft.Data.Sqlite", "Npgsql"]),
        ["Search"] = ([], ["Microsoft."]),
        ["Storage"] = ([], ["Microsoft.Orleans", "Microsoft.ML", "SkiaSharp", "SixLabors"]),
        ["Grains"] = (["Abstractions", "Vision", "Search", "Storage"], ["Microsoft.ML", "SkiaSharp", "SixLabors", "Microsoft.Data.Sqlite", "Npgsql", "MQTTnet"]),
        ["Cameras"] = (["Grains"], ["Microsoft.ML", "SkiaSharp", "SixLabors", "Microsoft.Data.Sqlite", "Npgsql"]),
        // The gateway on its own reads the list of nodes through the Orleans client, which needs the driver; rows are none of its business.
        ["Gateway"] = (["Abstractions"], ["Microsoft.ML", "SkiaSharp", "SixLabors", "Microsoft.Data.Sqlite", "Microsoft.Orleans.Server", "Microsoft.Orleans.Persistence"]),
        ["Silo"] = (["Grains", "Cameras", "Gateway"], ["Microsoft.ML", "SkiaSharp", "SixLabors"]),
        // What others build on the HTTP API: the base class library only.
        ["Client"] = ([], [""]),
        ["Evaluation"] = (["Vision", "Search", "Models", "Client"], ["Microsoft.", "SkiaSharp", "SixLabors", "Npgsql", "System.CommandLine", "Spectre"]),
        ["Load"] = (["Vision", "Search", "Client"], ["Microsoft.", "SkiaSharp", "SixLabors", "Npgsql", "System.CommandLine", "Spectre"]),
        ["Cli"] = (["Client", "Evaluation", "Load", "Models"], ["Microsoft.", "SkiaSharp", "SixLabors", "Npgsql"]),
    };

    [Fact]
    public void Every_project_under_src_has_a_rule() =>
        Directory.GetDirectories(Path.Combine(Root(), "src")).Select(Path.GetFileName).ShouldBe(Rules.Keys, ignoreOrder: true);

    [Theory]
    [InlineData("Abstractions")]
    [InlineData("Models")]
    [InlineData("Vision")]
    [InlineData("Search")]
    [InlineData("Storage")]
    [InlineData("Grains")]
    [InlineData("Cameras")]
    [InlineData("Gateway")]
    [InlineData("Silo")]
    [InlineData("Client")]
    [InlineData("Evaluation")]
    [InlineData("Load")]
    [InlineData("Cli")]
    public void A_project_references_only_what_its_layer_may(string project)
    {
        XDocument file = XDocument.Load(Path.Combine(Root(), "src", project, $"FaceGrid.{project}.csproj"));
        string[] projects = [.. file.Descendants("ProjectReference").Select(reference => Path.GetFileNameWithoutExtension((string)reference.Attribute("Include")!)["FaceGrid.".Length..])];
        projects.Except(Rules[project].Projects).ShouldBeEmpty();
        string[] packages = [.. file.Descendants("PackageReference").Select(reference => (string)reference.Attribute("Include")!)];
        packages.Where(package => Array.Exists(Rules[project].ForbiddenPackages, prefix => package.StartsWith(prefix, StringComparison.Ordinal))).ShouldBeEmpty();
    }

    /// <summary>References pass through: the compiler would let the command line use what the projects that it references use.</summary>
    [Theory]
    [InlineData("Cli", "FaceGrid.Vision", "FaceGrid.Search", "Microsoft.ML", "SkiaSharp")]
    [InlineData("Evaluation", "FaceGrid.Cli", "System.CommandLine", "Spectre.Console")]
    [InlineData("Load", "FaceGrid.Cli", "System.CommandLine", "Spectre.Console")]
    public void A_project_uses_no_namespace_of_another_layer(string project, params string[] namespaces)
    {
        string[] used =
        [
            .. Directory.GetFiles(Path.Combine(Root(), "src", project), "*.cs", SearchOption.AllDirectories)
                .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
                .SelectMany(File.ReadLines)
                .Where(line => Array.Exists(namespaces, name =>
                    line.StartsWith($"using {name};", StringComparison.Ordinal) || line.StartsWith($"using {name}.", StringComparison.Ordinal)))
                .Distinct(StringComparer.Ordinal),
        ];
        used.ShouldBeEmpty();
    }

    [Fact]
    public void Every_referenced_package_is_in_the_notices()
    {
        string notices = File.ReadAllText(Path.Combine(Root(), "THIRD-PARTY-NOTICES.md"));
        foreach (string file in Directory.GetFiles(Path.Combine(Root(), "src"), "*.csproj", SearchOption.AllDirectories))
        {
            foreach (XElement reference in XDocument.Load(file).Descendants("PackageReference"))
            {
                string package = (string)reference.Attribute("Include")!;
                string family = package.Split('.')[0] switch { "Microsoft" => string.Join('.', package.Split('.').Take(2)), var first => first };
                notices.ShouldContain(family, Case.Sensitive, package);
            }
        }
    }

    [Fact]
    public void Every_model_that_a_profile_names_is_in_the_notices()
    {
        string notices = File.ReadAllText(Path.Combine(Root(), "THIRD-PARTY-NOTICES.md"));
        string[] profiles = [.. Directory.GetFiles(Path.Combine(Root(), "models"), "*.json").Select(file => Path.GetFileNameWithoutExtension(file))];
        profiles.ShouldNotBeEmpty();
        profiles.Where(profile => !notices.Contains($"`{profile}`", StringComparison.Ordinal)
                && !notices.Contains($"`models/{profile}.onnx`", StringComparison.Ordinal))
            .ShouldBeEmpty();
    }

    /// <summary>The quick tests run all day long, on machines that have the SDK and nothing else.</summary>
    [Fact]
    public void The_quick_tests_start_no_process()
    {
        List<(string Name, string Text)> helpers =
            [.. SourceTree.Files("tests/Support", "*.cs").Select(path => (Path.GetFileNameWithoutExtension(path), SourceTree.Text(path)))];
        HashSet<string> starters = [.. helpers.Where(helper => StartsProcess().IsMatch(helper.Text)).Select(helper => helper.Name)];
        starters.Count.ShouldBeGreaterThan(4);
        int before;
        do
        {
            before = starters.Count;
            starters.UnionWith(helpers.Where(helper => Names(helper.Text, starters)).Select(helper => helper.Name));
        }
        while (starters.Count > before);

        starters.ShouldContain("SharedPostgres", "what uses a helper that starts something starts something");
        var mistakes =
            from path in SourceTree.Files("tests/Unit", "*.cs")
            let text = SourceTree.Text(path)
            where StartsProcess().IsMatch(text) || Names(text, starters)
            select path;
        mistakes.ShouldBeEmpty();
    }

    private static bool Names(string text, HashSet<string> types) =>
        TypeUse().Matches(text).Any(match => types.Contains(match.Groups["type"].Value));

    // A call of a type, or a fixture that is handed in.
    [GeneratedRegex(@"\b(?<type>[A-Z]\w+)(?=\.[A-Z]| [a-z]\w*[,)])", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex TypeUse();

    [GeneratedRegex(@"\bProcess\.Start\(|\bnew ProcessStartInfo\b", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex StartsProcess();

    private static string Root([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", ".."));
}
