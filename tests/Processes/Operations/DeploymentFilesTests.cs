using System.Collections;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using FaceGrid.Gateway;
using FaceGrid.Grains;
using FaceGrid.Silo;
using FaceGrid.Vision;
using Shouldly;
using Xunit;
using YamlDotNet.Core;
using YamlDotNet.Serialization;

namespace FaceGrid.Tests.Operations;

/// <summary>
/// Goal: what the files under deploy say about the product is so. Method: read them all, and compare settings with the option classes, ports with their defaults, probes with the documented
/// routes, images with the Dockerfiles, and the time to stop with what a node may need.
/// </summary>
public sealed partial class DeploymentFilesTests
{
    // The shutdown timeout in src/Silo/NodeHosting.cs.
    private const int NodeStopSeconds = 30;

    private static readonly (string Prefix, Type Options)[] Settings =
    [
        ("", typeof(NodeOptions)), ("Grid__", typeof(GridOptions)), ("Vision__", typeof(VisionOptions)), ("Gateway__", typeof(GatewayOptions)),
    ];

    [Fact]
    public void Every_setting_is_one()
    {
        (string File, string Key)[] used = [.. Files("*").SelectMany(file => SettingName().Matches(File.ReadAllText(file)).Select(match => (Name(file), match.Value))).Distinct()];
        used.Length.ShouldBeGreaterThan(20);
        used.Where(use => !IsSetting(use.Key)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("FaceGrid__Database", true)]
    [InlineData("FaceGrid__Roles__0", true)]
    [InlineData("FaceGrid__Cluster__Address", true)]
    [InlineData("FaceGrid__Gateway__ApiKeys__0__Sha256", true)]
    [InlineData("FaceGrid__Databse", false)]
    [InlineData("FaceGrid__Roles", false)]
    [InlineData("FaceGrid__Cluster__Adress", false)]
    [InlineData("FaceGrid__Gateway__ApiKeys__0__Key", false)]
    [InlineData("FaceGrid__Vision__Offline__0", false)]
    public void A_setting_that_is_none_is_found(string key, bool isSetting) => IsSetting(key).ShouldBe(isSetting);

    [Fact]
    public void Every_role_is_one()
    {
        string[] roles = [.. Files("*").SelectMany(file => RoleValue().Matches(File.ReadAllText(file))).Select(match => match.Groups["role"].Value).Distinct()];
        roles.ShouldBe(["people", "shards", "embedder"], ignoreOrder: true);
    }

    [Fact]
    public void Probes_ask_documented_routes_on_ports_that_are_there()
    {
        string api = File.ReadAllText(Path.Combine(Root(), "docs", "api.md"));
        var ports = new Dictionary<string, int>(StringComparer.Ordinal) { ["http"] = 8080, ["silo"] = new NodeOptions().SiloPort, ["clients"] = new NodeOptions().ClientPort };
        int probes = 0;
        foreach (IDictionary container in Kubernetes().SelectMany(Containers).Where(container => container.Contains("ports")))
        {
            Dictionary<string, int> named = ((IList)container["ports"]!).Cast<IDictionary>().ToDictionary(port => (string)port["name"]!, port => Number(port["containerPort"]!));
            named.ShouldBeSubsetOf(ports);
            foreach (string kind in new[] { "startupProbe", "livenessProbe", "readinessProbe" })
            {
                var get = (IDictionary)((IDictionary)container[kind]!)["httpGet"]!;
                named.Keys.ShouldContain((string)get["port"]!);
                api.ShouldContain((string)get["path"]!);
                ((string)get["path"]!).ShouldBe(kind == "readinessProbe" ? "/health/ready" : "/health/live");
                probes++;
            }
        }

        probes.ShouldBe(9, "three probes for nodes, embedders and gateways");
        Kubernetes().Where(document => (string)document["kind"]! == "Service").SelectMany(service => (IList<object>)At(service, "spec", "ports")!).Cast<IDictionary>()
            .ShouldAllBe(port => ports.ContainsKey((string)port["targetPort"]!));
        string exposed = string.Join(' ', ports.Values);
        Files("Dockerfile*").ShouldAllBe(file => File.ReadAllText(file).Contains($"EXPOSE {exposed}", StringComparison.Ordinal));
    }

    [Fact]
    public void Every_image_of_ours_is_built_here_and_the_others_have_a_version()
    {
        string[] stages = [.. Files("Dockerfile*").SelectMany(file => Stage().Matches(File.ReadAllText(file))).Select(match => match.Groups["stage"].Value)];
        string[] images = [.. Documents(Path.Combine(Root(), "deploy", "compose", "compose.yaml")).SelectMany(compose => ((IDictionary)compose["services"]!).Values.Cast<IDictionary>()).Select(service => (string)service["image"]!),
            .. Kubernetes().Where(document => (string?)document["kind"] == "Kustomization" && document.Contains("images")).SelectMany(document => ((IList)document["images"]!).Cast<IDictionary>())
                .Select(image => $"{image["name"]}:{image["newTag"]}")];
        images.ShouldContain("facegrid/node-cuda:local");
        foreach (string image in images)
        {
            string[] parts = image.Split(':');
            parts.Length.ShouldBe(2, image);
            if (parts[0].StartsWith("facegrid/", StringComparison.Ordinal))
            {
                stages.ShouldContain(parts[0]["facegrid/".Length..]);
                parts[1].ShouldBe("local", image); // A release gives its images the version: .github/workflows/release.yml.
            }
            else
            {
                parts[1].ShouldNotBe("latest", image);
            }
        }

        // Those that pods run get their version from a kustomization.
        Kubernetes().SelectMany(Containers).Select(container => (string)container["image"]!).Distinct().ShouldBe(["facegrid/node", "facegrid/gateway", "facegrid/node-cuda"], ignoreOrder: true);
    }

    /// <summary>A build in a container sees only what <c>.dockerignore</c> lets in, and stops at a COPY of anything else.</summary>
    [Fact]
    public void The_build_of_an_image_gets_every_file_that_it_copies()
    {
        string[] allowed =
        [
            .. File.ReadLines(Path.Combine(Root(), ".dockerignore")).Where(line => line.StartsWith('!')).Select(line => line[1..].Split('/')[0]),
        ];
        string[] copied =
        [
            .. Files("Dockerfile*").SelectMany(File.ReadLines)
                .Where(line => line.StartsWith("COPY ", StringComparison.Ordinal) && !line.Contains("--from=", StringComparison.Ordinal))
                .SelectMany(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..^1])
                .Where(source => !source.StartsWith("--", StringComparison.Ordinal))
                .Select(source => source.Split('/')[0])
                .Distinct(StringComparer.Ordinal),
        ];
        copied.ShouldContain("Directory.Build.targets");
        copied.ShouldAllBe(source => Path.Exists(Path.Combine(Root(), source)));
        copied.Except(allowed).ShouldBeEmpty();
    }

    [Fact]
    public void Whoever_stops_a_node_waits_longer_than_it_may_need()
    {
        int[] seconds = [.. Kubernetes().Select(document => At(document, "spec", "template", "spec", "terminationGracePeriodSeconds")).Where(value => value is not null).Select(value => Number(value!)),
            .. Files("*").SelectMany(file => StopSeconds().Matches(File.ReadAllText(file))).Select(match => Number(match.Groups["seconds"].Value))];
        seconds.Length.ShouldBeGreaterThanOrEqualTo(8, "three kinds of pods, nodes and gateway in compose, two units, the local cluster");
        seconds.ShouldAllBe(value => value > NodeStopSeconds);
        File.ReadAllText(Path.Combine(Root(), "src", "Silo", "NodeHosting.cs"))
            .ShouldContain($"ShutdownTimeout = TimeSpan.FromSeconds({NodeStopSeconds})");
    }

    [Fact]
    public void Containers_may_do_nothing_they_need_not_and_no_file_holds_a_secret()
    {
        foreach (IDictionary service in ((IDictionary)Documents(Path.Combine(Root(), "deploy", "compose", "compose.yaml")).Single()["services"]!).Values)
        {
            service["read_only"].ShouldBe("true");
            ((IList)service["cap_drop"]!).Cast<string>().ShouldBe(["ALL"]);
            ((IList)service["security_opt"]!).Cast<string>().ShouldBe(["no-new-privileges:true"]);
        }

        foreach (IDictionary container in Kubernetes().SelectMany(Containers).Where(container => container.Contains("ports")))
        {
            At(container, "securityContext", "readOnlyRootFilesystem").ShouldBe("true");
            At(container, "securityContext", "allowPrivilegeEscalation").ShouldBe("false");
        }

        Kubernetes().ShouldAllBe(document => (string?)document["kind"] != "Secret");
        Files("*").Where(file => Password().IsMatch(File.ReadAllText(file))).Select(Name).ShouldBeEmpty();
    }

    private static bool IsSetting(string key)
    {
        string path = key["FaceGrid__".Length..];
        return path == "Url" || Array.Exists(Settings, part => path.StartsWith(part.Prefix, StringComparison.Ordinal) && Leads(path[part.Prefix.Length..].Split("__"), part.Options));
    }

    private static bool Leads(ReadOnlySpan<string> path, Type type)
    {
        bool isList = type != typeof(string) && type.IsAssignableTo(typeof(IEnumerable));
        if (path.Length == 0)
        {
            return !isList && type.Namespace?.StartsWith("FaceGrid", StringComparison.Ordinal) != true;
        }

        return isList
            ? int.TryParse(path[0], out _) && Leads(path[1..], type.GetGenericArguments()[0])
            : type.Namespace?.StartsWith("FaceGrid", StringComparison.Ordinal) == true && type.GetProperty(path[0], BindingFlags.Public | BindingFlags.Instance) is { CanWrite: true } property && Leads(path[1..], property.PropertyType);
    }

    private static IEnumerable<IDictionary> Containers(IDictionary document) =>
        At(document, "spec", "template", "spec", "containers") is IList containers ? containers.Cast<IDictionary>() : [];

    private static object? At(IDictionary document, params string[] path) => path.Aggregate((object?)document, static (value, key) => (value as IDictionary)?[key]);

    private static int Number(object value) => int.Parse((string)value, System.Globalization.CultureInfo.InvariantCulture);

    private static List<IDictionary> Kubernetes() => [.. Directory.GetFiles(Path.Combine(Root(), "deploy", "kubernetes"), "*.yaml", SearchOption.AllDirectories).SelectMany(Documents)];

    private static List<IDictionary> Documents(string file)
    {
        using var reader = new StreamReader(file);
        IParser parser = new MergingParser(new Parser(reader));
        IDeserializer deserializer = new DeserializerBuilder().WithDuplicateKeyChecking().Build();
        var documents = new List<IDictionary>();
        parser.Consume<YamlDotNet.Core.Events.StreamStart>();
        while (!parser.Accept<YamlDotNet.Core.Events.StreamEnd>(out _))
        {
            documents.Add(deserializer.Deserialize<Dictionary<object, object>>(parser));
        }

        documents.ShouldNotBeEmpty(file);
        return documents;
    }

    private static string[] Files(string pattern) => Directory.GetFiles(Path.Combine(Root(), "deploy"), pattern, SearchOption.AllDirectories);

    private static string Name(string file) => Path.GetRelativePath(Root(), file);

    private static string Root([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", ".."));

    [GeneratedRegex("FaceGrid__[A-Za-z0-9_]+", RegexOptions.None, 1000)]
    private static partial Regex SettingName();

    [GeneratedRegex(@"FaceGrid__Roles__[0-9]+(=|: *|\n *value: *)(?<role>[^\s)]+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex RoleValue();

    [GeneratedRegex(@"^FROM \S+ AS (?<stage>\S+)$", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex Stage();

    [GeneratedRegex(@"(stop_grace_period: |TimeoutStopSec=|NODE_STOP_SECONDS=)(?<seconds>[0-9]+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex StopSeconds();

    [GeneratedRegex(@"Password=(?!\.\.\.)\S", RegexOptions.None, 1000)]
    private static partial Regex Password();
}
