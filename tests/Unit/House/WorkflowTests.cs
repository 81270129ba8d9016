using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Shouldly;
using Xunit;
using YamlDotNet.RepresentationModel;

namespace FaceGrid.Tests.House;

/// <summary>Goal: the workflows do what CONTRIBUTING and SECURITY say of them. Method: read them as YAML.</summary>
public sealed partial class WorkflowTests
{
    public static TheoryData<string> Files => [.. Directory.GetFiles(Folder()).Select(file => Path.GetFileName(file)!)];

    [Theory]
    [InlineData("build.yml")]
    [InlineData("release.yml")]
    public void A_workflow_runs_the_script_that_developers_run_with_packages_of_the_lock_files(string file)
    {
        YamlMappingNode workflow = Read(file);
        YamlMappingNode job = Jobs(workflow).Values.Single(job => Runs(job).Contains(".ci/run"));
        (Environment(workflow, "RestoreLockedMode") ?? Environment(job, "RestoreLockedMode")).ShouldBe("true");
    }

    [Fact]
    public void A_release_begins_with_the_comparison_of_tag_and_version_and_everything_waits_for_it_and_for_the_tests()
    {
        YamlMappingNode workflow = Read("release.yml");
        ((YamlSequenceNode)At(workflow, "on", "push", "tags")!).Select(Text).ShouldBe(["v*"]);
        Dictionary<string, YamlMappingNode> jobs = Jobs(workflow);
        Runs(jobs["version"]).First().ShouldContain("tools/version \"$GITHUB_REF_NAME\"");
        Needs(jobs["test"]).ShouldBe(["version"]);
        foreach (string name in jobs.Keys.Except(["version", "test"]))
        {
            Needs(jobs[name]).ShouldBe(["version", "test"], name);
        }

        Runs(jobs["packages"]).ShouldContain("tools/package");
        jobs.Keys.ShouldContain("images");
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_action_is_pinned_to_a_commit_and_says_its_version(string file)
    {
        string[] lines = File.ReadAllLines(Path.Combine(Folder(), file));
        string[] uses = [.. lines.Where(line => line.Contains("uses:", StringComparison.Ordinal))];
        uses.ShouldNotBeEmpty();
        uses.ShouldAllBe(line => PinnedAction().IsMatch(line));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_workflow_may_only_read_unless_a_job_says_otherwise_and_every_job_has_a_limit(string file)
    {
        YamlMappingNode workflow = Read(file);
        var permissions = (YamlMappingNode)At(workflow, "permissions")!;
        permissions.Select(entry => (Text(entry.Key), Text(entry.Value))).ShouldBe([("contents", "read")]);
        Jobs(workflow).Values.ShouldAllBe(job => At(job, "timeout-minutes") != null);
    }

    [Fact]
    public void Packages_with_known_vulnerabilities_fail_a_build_and_a_release()
    {
        YamlMappingNode audit = Jobs(Read("build.yml"))["audit"];
        ((YamlSequenceNode)At(audit, "steps")!).Select(step => Environment(step, "NuGetAudit")).ShouldContain("true");
        Environment(Read("release.yml"), "NuGetAudit").ShouldBe("true");
    }

    private static YamlMappingNode Read(string file)
    {
        var stream = new YamlStream();
        using StreamReader reader = File.OpenText(Path.Combine(Folder(), file));
        stream.Load(reader);
        return (YamlMappingNode)stream.Documents.Single().RootNode;
    }

    private static Dictionary<string, YamlMappingNode> Jobs(YamlMappingNode workflow) =>
        ((YamlMappingNode)At(workflow, "jobs")!)
            .ToDictionary(job => Text(job.Key), job => (YamlMappingNode)job.Value, StringComparer.Ordinal);

    private static IEnumerable<string> Runs(YamlMappingNode job) =>
        ((YamlSequenceNode)At(job, "steps")!).Select(step => At(step, "run")).OfType<YamlScalarNode>().Select(Text);

    private static string[] Needs(YamlMappingNode job) => At(job, "needs") switch
    {
        YamlSequenceNode several => [.. several.Select(Text)],
        YamlScalarNode one => [Text(one)],
        _ => [],
    };

    private static string? Environment(YamlNode node, string key) => At(node, "env", key) is { } value ? Text(value) : null;

    private static YamlNode? At(YamlNode node, params string[] path) =>
        path.Aggregate<string, YamlNode?>(
            node,
            static (at, key) => at is YamlMappingNode map && map.Children.TryGetValue(new YamlScalarNode(key), out YamlNode? value) ? value : null);

    private static string Text(YamlNode node) => ((YamlScalarNode)node).Value!;

    private static string Folder([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..", ".github", "workflows"));

    [GeneratedRegex(@"uses: [\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", RegexOptions.None, 1000)]
    private static partial Regex PinnedAction();
}
