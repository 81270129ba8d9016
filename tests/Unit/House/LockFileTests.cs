using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Xml.Linq;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.House;

/// <summary>
/// Goal: a build uses the packages that were looked at, in either variant. Method: read the lock files; <c>tools/lock</c> writes them anew
/// where this fails.
/// </summary>
public sealed class LockFileTests
{
    private const string Cpu = "packages.cpu.lock.json", Cuda = "packages.cuda.lock.json";

    [Fact]
    public void Every_project_has_one_for_its_packages_and_projects_alone()
    {
        string[] projects = Projects();
        projects.Length.ShouldBeGreaterThan(15);
        foreach (string project in projects)
        {
            string[] locked = [.. Locked(project, Cpu).Where(entry => entry.Type is "Direct" or "Project").Select(entry => entry.Name)];
            ProjectsOf(project).Except(locked, StringComparer.OrdinalIgnoreCase).ShouldBeEmpty(project);
            CpuPackagesOf(project).Except(locked, StringComparer.OrdinalIgnoreCase).ShouldBeEmpty(project);
        }
    }

    [Theory]
    [InlineData("Silo")]
    [InlineData("Cli")]
    public void What_runs_on_a_gpu_has_another_that_differs_in_the_runtime_of_models_only(string program)
    {
        string project = Path.Combine(Root(), "src", program, $"FaceGrid.{program}.csproj");
        (string Name, string Version)[] cpu = Versions(project, Cpu), cuda = Versions(project, Cuda);
        cuda.Select(entry => entry.Name).ShouldContain("Microsoft.ML.OnnxRuntime.Gpu");
        cpu.Except(cuda).Concat(cuda.Except(cpu)).Select(entry => entry.Name)
            .ShouldAllBe(name => name.StartsWith("Microsoft.ML.OnnxRuntime", StringComparison.Ordinal));
    }

    [Fact]
    public void Each_package_has_its_central_version_and_one_hash()
    {
        Dictionary<string, string> central = XDocument.Load(Path.Combine(Root(), "Directory.Packages.props")).Descendants("PackageVersion")
            .ToDictionary(package => (string)package.Attribute("Include")!, package => ((string)package.Attribute("Version")!).Trim('[', ']'));
        Entry[] all = [.. Projects().SelectMany(project => new[] { Cpu, Cuda }.SelectMany(file => Locked(project, file)))];
        Entry[] packages = [.. all.Where(entry => entry.Type != "Project")];
        packages.Length.ShouldBeGreaterThan(500);
        packages.Where(entry => central.TryGetValue(entry.Name, out string? version) && version != entry.Version).ShouldBeEmpty();
        packages.ShouldAllBe(entry => entry.Hash != null);
        packages.GroupBy(entry => (entry.Name, entry.Version)).Where(group => group.Select(entry => entry.Hash).Distinct().Count() > 1)
            .ShouldBeEmpty("a package of one version has one content");
    }

    [Fact]
    public void None_says_where_packages_come_from() =>
        Directory.GetFiles(Root(), "packages.*.lock.json", SearchOption.AllDirectories)
            .Where(file => File.ReadAllText(file).Contains("://", StringComparison.Ordinal)).ShouldBeEmpty();

    private static (string Name, string Version)[] Versions(string project, string file) =>
        [.. Locked(project, file).Where(entry => entry.Version is not null).Select(entry => (entry.Name, entry.Version!)).Distinct()];

    private static IEnumerable<Entry> Locked(string project, string file)
    {
        string path = Path.Combine(Path.GetDirectoryName(project)!, file);
        if (!File.Exists(path))
        {
            return [];
        }

        JsonElement frameworks = JsonDocument.Parse(File.ReadAllText(path)).RootElement.GetProperty("dependencies");
        return frameworks.EnumerateObject().SelectMany(framework => framework.Value.EnumerateObject()).Select(entry => new Entry(
            entry.Name, Text(entry.Value, "type")!, Text(entry.Value, "resolved"), Text(entry.Value, "contentHash")));
    }

    private static string? Text(JsonElement entry, string member) =>
        entry.TryGetProperty(member, out JsonElement value) ? value.GetString() : null;

    private static string[] Projects() => [.. new[] { "src", "tests", "samples" }
        .SelectMany(folder => Directory.GetFiles(Path.Combine(Root(), folder), "*.csproj", SearchOption.AllDirectories))];

    private static IEnumerable<string> ProjectsOf(string project) => XDocument.Load(project).Descendants("ProjectReference")
        .Select(reference => NameOf(Path.Combine(Path.GetDirectoryName(project)!, (string)reference.Attribute("Include")!)));

    // A lock file has the name of the assembly.
    private static string NameOf(string project) =>
        (string?)XDocument.Load(project).Descendants("AssemblyName").SingleOrDefault() ?? Path.GetFileNameWithoutExtension(project);

    private static IEnumerable<string> CpuPackagesOf(string project) => XDocument.Load(project).Descendants("PackageReference")
        .Where(reference => ((string?)reference.Attribute("Condition"))?.Contains("cpu", StringComparison.Ordinal) ?? true)
        .Select(reference => (string)reference.Attribute("Include")!);

    private static string Root([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", ".."));

    private sealed record Entry(string Name, string Type, string? Version, string? Hash);
}
