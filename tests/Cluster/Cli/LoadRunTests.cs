using System.Text.Json.Nodes;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.People;
using FaceGrid.Cli.Shell;
using FaceGrid.Tests.Gateway;
using FaceGrid.Tests.Grid;
using FaceGrid.Tests.Support;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Cli;

/// <summary><c>facegrid bench load</c> from end to end: over HTTP, through the gateway.</summary>
public sealed class LoadRunTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => directory.Dispose();

    [Theory]
    [InlineData("--clients", "4")]
    [InlineData("--rate", "100")]
    public async Task Mixed_load_on_a_real_grid_is_answered_rightly_and_leaves_nothing(string loop, string amount)
    {
        await using GridCluster cluster = await GridCluster.StartAsync(Path.Combine(directory.Path, "data"));
        await using GatewayHost gateway = await GatewayHost.StartAsync(cluster.Grains);
        string file = Path.Combine(directory.Path, "figures.json");
        string plot = Path.Combine(directory.Path, "plot.svg");
        string[] load =
        [
            "bench",
            "load",
            "-g",
            "load",
            "--do",
            "mixed",
            "--people",
            "60",
            "--dim",
            "64",
            loop,
            amount,
            "--duration",
            "1.5",
            "--warmup",
            "0.5",
            "--strangers",
            "0.3",
        ];

        CliRun run = await CliRun.AtAsync(gateway.Client.BaseAddress!.ToString(), directory.Path, [.. load, "--out", file, "--plot", plot]);

        run.ExitCode.ShouldBe((int)ExitCode.Ok, run.Error + run.Out);
        JsonNode figures = run.Json["figures"]!;
        ((int)run.Json["wrong"]!).ShouldBe(0);
        ((int)run.Json["peopleAdded"]!).ShouldBe(60);
        ((int)run.Json["settings"]!["galleryPeople"]!).ShouldBe(60);
        figures["operations"]!.AsArray().Select(row => (string)row!["operation"]!).ShouldBe(["identify", "verify", "enrol"]);
        foreach (JsonNode? row in figures["operations"]!.AsArray().Append(figures["all"]))
        {
            ((long)row!["answered"]!).ShouldBeGreaterThan(0);
            ((long)row["answered"]!).ShouldBe((long)row["requests"]!, row.ToJsonString());
            ((double)row["perSecond"]!).ShouldBeGreaterThan(0);
            JsonNode latency = row["latency"]!;
            double[] ascending = [.. new[] { "p50", "p90", "p99", "p999", "max" }.Select(name => (double)latency[name]!)];
            ascending.ShouldBeInOrder();
            ascending[0].ShouldBeGreaterThan(0);
            ((double)row["latencyFromSending"]!["p50"]!).ShouldBeLessThanOrEqualTo(ascending[0] * 1.01);
        }

        figures["overTime"]!.AsArray().Sum(second => (long)second!["answered"]!).ShouldBe((long)figures["all"]!["answered"]!);
        ((int)run.Json["enrolledAsked"]!).ShouldBeGreaterThan(0);
        ((int)run.Json["enrolledMissing"]!).ShouldBe(0);
        JsonNode.Parse(await File.ReadAllTextAsync(file, Cancel))!.ToJsonString().ShouldBe(run.Json.ToJsonString());
        System.Xml.Linq.XDocument.Parse(await File.ReadAllTextAsync(plot, Cancel)).Root!.Name.LocalName.ShouldBe("svg");

        // The same people are there already; afterwards everybody whom the two loads enrolled is gone, and a real person is not.
        await gateway.SendAsync(HttpMethod.Put, "/v1/galleries/load/people/ada", GatewayHost.Json("{}"));
        CliRun again = await CliRun.AtAsync(gateway.Client.BaseAddress.ToString(), directory.Path, [.. load, "--clean"]);
        again.ExitCode.ShouldBe((int)ExitCode.Ok, again.Error + again.Out);
        ((int)again.Json["peopleAdded"]!).ShouldBe(0);
        ((int)again.Json["peopleRemoved"]!).ShouldBeGreaterThan(60);
        (await gateway.GetAsync("/v1/galleries/load/people"))
            .GetProperty("people")
            .EnumerateArray()
            .ShouldHaveSingleItem()
            .GetProperty("id")
            .GetString()
            .ShouldBe("ada");
    }

    [Fact]
    public async Task Clean_removes_a_gallery_that_the_load_made()
    {
        await using GridCluster cluster = await GridCluster.StartAsync(Path.Combine(directory.Path, "data"));
        await using GatewayHost gateway = await GatewayHost.StartAsync(cluster.Grains);

        CliRun run = await CliRun.AtAsync(
            gateway.Client.BaseAddress!.ToString(),
            directory.Path,
            "bench",
            "load",
            "-g",
            "load",
            "--do",
            "verify",
            "--people",
            "5",
            "--dim",
            "32",
            "--duration",
            "0.2",
            "--warmup",
            "0",
            "--clean");

        run.ExitCode.ShouldBe((int)ExitCode.Ok, run.Error + run.Out);
        (await gateway.SendAsync(HttpMethod.Get, "/v1/galleries/load", null)).Status.ShouldBe(404);
    }

    [Fact]
    public async Task A_grid_that_forgets_somebody_is_found_out()
    {
        await using GatewayHost gateway = await GatewayHost.StartAsync();
        gateway.Grid.Before = (call, _) =>
        {
            // After the people are enrolled and the questions begin, one of them is lost.
            if (call == "Identify")
            {
                gateway.Grid.Galleries["default"].TryRemove("facegrid-bench:1:00000003", out PersonInfo? _);
            }

            return Task.CompletedTask;
        };

        // Long enough that both kinds of question come to the lost one, also when the first round has yet to be compiled.
        CliRun run = await LoadAsync(gateway, "--do", "mixed", "--mix", "identify=1,verify=1", "--duration", "3");

        run.ExitCode.ShouldBe((int)ExitCode.Failed);
        ((long)run.Json["wrong"]!).ShouldBeGreaterThan(0);
        foreach (JsonNode? row in run.Json["figures"]!["operations"]!.AsArray())
        {
            ((long)row!["wrong"]!).ShouldBeInRange(1, (long)row["requests"]! - 1, row.ToJsonString());
        }

        run.Error.ShouldContain("facegrid-bench:1:00000003");
    }

    [Fact]
    public async Task A_grid_that_knows_strangers_is_found_out()
    {
        // Goal: strangers are checked. Method: four dimensions and a threshold beyond every distance make the grid "know" everybody.
        await using GatewayHost gateway = await GatewayHost.StartAsync();

        CliRun run = await LoadAsync(gateway, "--threshold", "2", "--strangers", "0.5");

        run.ExitCode.ShouldBe((int)ExitCode.Failed);
        run.Error.ShouldContain("asked for nobody");
    }

    [Fact]
    public async Task Refusals_are_counted_by_code_and_are_no_wrong_answers()
    {
        await using GatewayHost gateway = await GatewayHost.StartAsync();
        int calls = 0;
        gateway.Grid.Before = (call, _) => (call, Interlocked.Increment(ref calls) % 3) switch
        {
            ("Identify", 0) => throw new FaceGridException(ErrorCodes.Busy, "Busy."),
            ("Identify", 1) => throw new FaceGridException(ErrorCodes.ShardsMissing, "Missing."),
            _ => Task.CompletedTask,
        };

        CliRun run = await LoadAsync(gateway);

        run.ExitCode.ShouldBe((int)ExitCode.Ok, run.Error + run.Out);
        JsonNode identify = run.Json["figures"]!["operations"]![0]!;
        ((long)identify["errors"]!["busy"]!).ShouldBeGreaterThan(0);
        ((long)identify["errors"]!["shards-missing"]!).ShouldBeGreaterThan(0);
        ((long)identify["answered"]! + (long)identify["errors"]!["busy"]! + (long)identify["errors"]!["shards-missing"]!)
            .ShouldBe((long)identify["requests"]!);
    }

    [Fact]
    public async Task Pictures_are_asked_with_and_checked()
    {
        await using GatewayHost gateway = await GatewayHost.StartAsync();
        foreach (string person in new[] { "ada", "alan", "nobody" })
        {
            string folder = Directory.CreateDirectory(Path.Combine(directory.Path, "pictures", person)).FullName;
            await File.WriteAllTextAsync(Path.Combine(folder, "1.jpg"), person == "nobody" ? "small" : "faces:1 " + person, Cancel);
        }

        string pictures = Path.Combine(directory.Path, "pictures");
        CliRun run = await LoadAsync(gateway, "--do", "mixed", "--what", "pictures", "--pictures", pictures, "--people", "0");

        // The fake grid gives all pictures one vector, so that only one of the two people can be the nearest.
        run.ExitCode.ShouldBe((int)ExitCode.Failed);
        run.Error.ShouldContain("left out");
        JsonNode[] rows = [.. run.Json["figures"]!["operations"]!.AsArray()!];
        rows.Select(row => (string)row["operation"]!).ShouldBe(["identify", "verify", "enrol"]);
        ((long)rows[0]["wrong"]!).ShouldBeInRange(1, (long)rows[0]["requests"]! - 1);
        rows[1..].ShouldAllBe(row => (long)row["wrong"]! == 0);

        File.Delete(Path.Combine(pictures, "alan", "1.jpg"));
        await LoadAsync(gateway, "--people", "1", "--clean");
        CliRun right = await LoadAsync(gateway, "--do", "mixed", "--what", "pictures", "--pictures", pictures, "--people", "0");
        right.ExitCode.ShouldBe((int)ExitCode.Ok, right.Error + right.Out);
    }

    [Theory]
    [InlineData(ExitCode.Usage, "--do", "mixed", "--mix", "identify=1,delete=2")]
    [InlineData(ExitCode.Usage, "--mix", "identify=1")]
    [InlineData(ExitCode.Usage, "--do", "sing")]
    [InlineData(ExitCode.Usage, "--rate", "0")]
    [InlineData(ExitCode.Usage, "--rate", "10", "--clients", "2")]
    [InlineData(ExitCode.Usage, "--people", "0")]
    [InlineData(ExitCode.Usage, "--what", "pictures")]
    [InlineData(ExitCode.Usage, "--duration", "0")]
    [InlineData(ExitCode.Failed, "--dim", "32")]
    [InlineData(ExitCode.Failed, "--what", "pictures", "--pictures", "/no/such/folder")]
    [InlineData(ExitCode.Failed, "--gallery", "nowhere")]
    [InlineData(ExitCode.Failed, "--server", "http://127.0.0.1:9", "--patience", "0")]
    internal async Task Bad_input_is_said_before_anything_is_sent(ExitCode expected, params string[] options)
    {
        await using GatewayHost gateway = await GatewayHost.StartAsync();

        CliRun run = await CliRun.AtAsync(gateway.Client.BaseAddress!.ToString(), directory.Path, ["bench", "load", .. options]);

        run.ExitCode.ShouldBe((int)expected, run.Error + run.Out);
        run.Error.ShouldNotBeEmpty();
        gateway.Grid.Galleries["default"].ShouldBeEmpty();
        if (options is ["--dim", ..])
        {
            ((string)run.Json["error"]!["code"]!).ShouldBe("contract-mismatch");
        }
    }

    /// <summary>A short load on the fake grid, whose vectors have four numbers: a small threshold keeps strangers apart.</summary>
    private Task<CliRun> LoadAsync(GatewayHost gateway, params string[] options) => CliRun.AtAsync(
        gateway.Client.BaseAddress!.ToString(),
        directory.Path,
        [
            "bench", "load", "--warmup", "0",
            .. options.Contains("--duration") ? Array.Empty<string>() : ["--duration", "0.5"],
            .. options.Contains("--people") ? Array.Empty<string>() : ["--people", "8"],
            .. options.Contains("--threshold") ? Array.Empty<string>() : ["--threshold", "0.001"],
            .. options,
        ]);
}
