using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using FaceGrid.Tests.Support;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Operations;

/// <summary>
/// Goal: whoever runs the grid can trust what they look at. Method: a real node does a little of everything; what it then exports is compared with docs/metrics.md, the Grafana dashboard
/// and the alert rules.
/// </summary>
public sealed partial class MetricsTests
{
    private const string Person = "somebody-with-a-telling-id";
    private const string Gallery = "a-telling-gallery";
    private const string Camera = "a-telling-camera";

    // Added by the exporter and by Prometheus when it scrapes.
    private static readonly string[] LabelsOfTheScrape = ["otel_scope_name", "le", "job", "instance"];

    // Made by Prometheus itself.
    private static readonly string[] MetricsOfPrometheus = ["up"];

    [Fact]
    public async Task The_document_the_dashboard_and_the_alerts_name_what_a_node_exports()
    {
        using var directory = new TemporaryDirectory();
        await using NodeProcess node = await NodeProcess.StartAsync(
            directory.Path, ("FACEGRID_MODELS", TestData.Models), ("FaceGrid__Vision__Pad__0", "minifasnet-v2"), ("FaceGrid__Grid__ShardPeopleMax", "16"), ("FaceGrid__Grid__SelfCheckPeriod", "00:00:01"));
        await DoALittleOfEverythingAsync(node);

        // Growth and self-checks happen on their own; everything else is there at once.
        Row[] documented = Documented();
        string text = await UntilAsync(node, scrape => documented.All(row => Families(scrape).ContainsKey(row.Name)));

        Families(text).Where(family => family.Key.StartsWith("facegrid_", StringComparison.Ordinal))
            .Select(family => new Row(family.Key, family.Value.Type, string.Join(", ", LabelsOf(text, family.Key)), family.Value.Help)).OrderBy(row => row.Name, StringComparer.Ordinal)
            .ShouldBe(documented.OrderBy(row => row.Name, StringComparer.Ordinal));
        foreach ((string where, string expression) in Expressions())
        {
            Mistakes(expression, text).ShouldBeEmpty($"{where}: {expression}");
        }

        text.ShouldNotContain(Person);
        text.ShouldNotContain(Gallery);
        text.ShouldNotContain(Camera);
    }

    [Theory]
    [InlineData("sum(rate(facegrid_search_partial_total[5m])) > 0", "")]
    [InlineData("sum(rate(facegrid_search_partly_total[5m])) > 0", "facegrid_search_partly_total")]
    [InlineData("sum(rate(facegrid_search_partial[5m]))", "facegrid_search_partial")]
    [InlineData("histogram_quantile(0.9, sum by (le, path) (rate(a_seconds_bucket{path=\"x\"}[5m])))", "")]
    [InlineData("sum by (gallery) (a_seconds_count)", "gallery")]
    [InlineData("a_seconds_count{gallery=~\"x.*\"} / up{job=\"facegrid\"}", "gallery")]
    [InlineData("histogram_quantile(0.9, rate(a_seconds[5m]))", "a_seconds")]
    public void An_expression_that_names_what_is_not_there_is_found(string expression, string mistakes)
    {
        const string Scrape = """
            # TYPE facegrid_search_partial_total counter
            facegrid_search_partial_total{otel_scope_name="x"} 0
            # TYPE a_seconds histogram
            a_seconds_bucket{path="x",le="+Inf"} 1
            a_seconds_sum{path="x"} 1
            a_seconds_count{path="x"} 1
            """;
        string.Join(' ', Mistakes(expression, Scrape)).ShouldBe(mistakes);
    }

    [Fact]
    public async Task A_node_that_is_no_gateway_serves_health_and_metrics_behind_the_same_keys_and_nothing_else()
    {
        using var directory = new TemporaryDirectory();
        await using NodeProcess node = await NodeProcess.StartAsync(directory.Path, [("FaceGrid__Roles__0", "people"), ("FaceGrid__Roles__1", "shards"), .. Keys.Settings]);

        (await Keys.StatusAsync(node, "/health/live", key: null)).ShouldBe(200);
        (await Keys.StatusAsync(node, "/metrics", key: null)).ShouldBe(401);
        (await Keys.StatusAsync(node, "/metrics", Keys.Key)).ShouldBe(200);
        foreach (string path in new[] { "/v1/galleries", "/v1/cluster", "/docs/", "/", "/dashboard/" })
        {
            (await Keys.StatusAsync(node, path, Keys.Key)).ShouldBe(404, path);
        }

        node.Http.DefaultRequestHeaders.Add("X-Api-Key", Keys.Key);
        (await node.Http.GetStringAsync("/metrics", TestContext.Current.CancellationToken)).ShouldContain("facegrid_silo_people{");
    }

    private static async Task DoALittleOfEverythingAsync(NodeProcess node)
    {
        (byte[] first, byte[] second) = (Portraits.Read("Aaron_Peirsol_0001.jpg"), Portraits.Read("Aaron_Peirsol_0003.jpg"));
        (await Portraits.PostAsync(node, $"/v1/galleries/default/people/{Person}/faces", first)).Status.ShouldBe(201);
        (await Portraits.PostAsync(node, $"/v1/galleries/default/people/{Person}/verify", second)).Status.ShouldBe(200);
        (await Portraits.PostAsync(node, "/v1/galleries/default/identify", second)).Status.ShouldBe(200);
        var random = new Random(7);
        float[][] vectors = [.. Enumerable.Range(0, 40).Select(_ => Enumerable.Range(0, 128).Select(_ => random.NextSingle() - 0.5f).ToArray())];
        var people = vectors.Select((vector, index) => new { id = $"person-{index}", faces = new[] { new { embedding = vector } } });
        (await node.SendAsync(HttpMethod.Post, "/v1/galleries/default/people", new { people })).Status.ShouldBe(System.Net.HttpStatusCode.OK);
        (await node.SendAsync(HttpMethod.Put, $"/v1/galleries/{Gallery}", new { })).Status.ShouldBe(System.Net.HttpStatusCode.Created);
        (await node.SendAsync(HttpMethod.Put, $"/v1/cameras/{Camera}", new { })).Status.ShouldBe(System.Net.HttpStatusCode.Created);
        for (int frame = 0; frame < 4; frame++)
        {
            (await Portraits.PostAsync(node, $"/v1/cameras/{Camera}/frames?wait=true", second)).Status.ShouldBe(200);
        }

        (await node.SendAsync(HttpMethod.Delete, "/v1/galleries/default/people/person-0")).Status.ShouldBe(System.Net.HttpStatusCode.NoContent);
    }

    private static async Task<string> UntilAsync(NodeProcess node, Func<string, bool> isEnough)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        string text = "";
        while (!limit.IsCancellationRequested)
        {
            text = await node.Http.GetStringAsync("/metrics", TestContext.Current.CancellationToken);
            if (isEnough(text))
            {
                break;
            }

            await Task.Delay(200, TestContext.Current.CancellationToken);
        }

        return text; // What is missing shows in the comparison.
    }

    /// <summary>Names of metrics and labels in a PromQL expression that a scrape does not have.</summary>
    private static List<string> Mistakes(string expression, string scrape)
    {
        // Prometheus reads "a{b="c"}[5m]" as one thing; what is in braces and after by, on and the like are labels, what is left and no function are metrics.
        string bare = Quoted().Replace(expression.Replace("$__rate_interval", "5m", StringComparison.Ordinal), "\"\"");
        string[] labels = [.. Braces().Matches(bare).SelectMany(match => LabelName().Matches(match.Groups["inside"].Value)).Select(match => match.Groups["name"].Value),
            .. Grouping().Matches(bare).SelectMany(match => match.Groups["inside"].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))];
        string[] metrics = [.. MetricName().Matches(Grouping().Replace(Range().Replace(Braces().Replace(bare, ""), ""), "")).Select(match => match.Value)
            .Except(["and", "or", "unless", "bool", "offset"], StringComparer.Ordinal)];
        metrics.ShouldNotBeEmpty(expression);

        var samples = Samples(scrape).ToLookup(sample => sample.Name, sample => sample.Labels, StringComparer.Ordinal);
        IEnumerable<string> there = metrics.SelectMany(metric => samples[metric]).SelectMany(sample => sample).Concat(LabelsOfTheScrape);
        return [.. metrics.Where(metric => !samples.Contains(metric)).Except(MetricsOfPrometheus, StringComparer.Ordinal), .. labels.Except(there, StringComparer.Ordinal)];
    }

    private static IEnumerable<(string Where, string Expression)> Expressions()
    {
        using JsonDocument dashboard = JsonDocument.Parse(Read("deploy/grafana/facegrid.json"));
        (string, string)[] panels = [.. dashboard.RootElement.GetProperty("panels").EnumerateArray().Where(panel => panel.TryGetProperty("targets", out _))
            .SelectMany(panel => panel.GetProperty("targets").EnumerateArray().Select(target => (panel.GetProperty("title").GetString()!, target.GetProperty("expr").GetString()!)))];
        string rules = Read("deploy/prometheus/alerts.yml");
        (string, string)[] alerts = [.. Alert().Matches(rules).Select(match => (match.Groups["alert"].Value, match.Groups["expr"].Value))];
        panels.Length.ShouldBeGreaterThan(20);
        alerts.Length.ShouldBe(rules.Split("- alert:").Length - 1, "each alert has its expression on the next line");
        alerts.Length.ShouldBeGreaterThan(5);
        return [.. panels, .. alerts];
    }

    private static Row[] Documented() =>
        [.. DocumentRow().Matches(Read("docs/metrics.md")).Select(match => new Row(
            match.Groups["name"].Value, match.Groups["type"].Value, match.Groups["labels"].Value.Replace("`", "", StringComparison.Ordinal), match.Groups["help"].Value))];

    private static Dictionary<string, (string Type, string Help)> Families(string scrape)
    {
        Dictionary<string, string> help = HelpLine().Matches(scrape).ToDictionary(match => match.Groups["name"].Value, match => match.Groups["help"].Value, StringComparer.Ordinal);
        return TypeLine().Matches(scrape).ToDictionary(
            match => match.Groups["name"].Value, match => (match.Groups["type"].Value, help.GetValueOrDefault(match.Groups["name"].Value, "")), StringComparer.Ordinal);
    }

    private static IEnumerable<string> LabelsOf(string scrape, string family) => Samples(scrape)
        .Where(sample => sample.Name == family || (sample.Name.StartsWith(family, StringComparison.Ordinal) && sample.Name[family.Length..] is "_bucket" or "_sum" or "_count"))
        .SelectMany(sample => sample.Labels).Except(LabelsOfTheScrape, StringComparer.Ordinal).Order(StringComparer.Ordinal);

    private static IEnumerable<(string Name, string[] Labels)> Samples(string scrape) => Sample().Matches(scrape)
        .Select(match => (match.Groups["name"].Value, LabelName().Matches(Quoted().Replace(match.Groups["inside"].Value, "\"\"")).Select(label => label.Groups["name"].Value).ToArray()));

    private static string Read(string path, [CallerFilePath] string here = "") =>
        File.ReadAllText(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..", path));

    private sealed record Row(string Name, string Type, string Labels, string Help)
    {
        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"| `{Name}` | {Type} | {Labels} | {Help} |");
    }

    [GeneratedRegex(@"^\| `(?<name>facegrid_[a-z_]+)` \| (?<type>[a-z]+) \| (?<labels>[^|]*?) ?\| (?<help>[^|]*?) \|$", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex DocumentRow();

    [GeneratedRegex(@"^# TYPE (?<name>\S+) (?<type>\S+)$", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex TypeLine();

    [GeneratedRegex(@"^# HELP (?<name>\S+) (?<help>.*)$", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex HelpLine();

    [GeneratedRegex(@"^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(\{(?<inside>.*)\})? \S+", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex Sample();

    [GeneratedRegex("\"[^\"]*\"", RegexOptions.None, 1000)]
    private static partial Regex Quoted();

    [GeneratedRegex(@"\{(?<inside>[^}]*)\}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Braces();

    [GeneratedRegex("(?<name>[a-zA-Z_][a-zA-Z0-9_]*) *(=~|!~|!=|=)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex LabelName();

    [GeneratedRegex(@"\b(by|without|on|ignoring|group_left|group_right) *\((?<inside>[^)]*)\)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Grouping();

    [GeneratedRegex(@"\[[^\]]*\]", RegexOptions.None, 1000)]
    private static partial Regex Range();

    [GeneratedRegex(@"\b[a-zA-Z_:][a-zA-Z0-9_:]*\b(?! *\()", RegexOptions.None, 1000)]
    private static partial Regex MetricName();

    [GeneratedRegex(@"- alert: (?<alert>\S+)\n +expr: (?<expr>.+)\n", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Alert();
}
