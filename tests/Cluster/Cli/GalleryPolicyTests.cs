using System.IO.Compression;
using System.Text.Json.Nodes;
using FaceGrid.Abstractions.Policies;
using FaceGrid.Client;
using FaceGrid.Cli.Shell;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Cli;

/// <summary>
/// Goal: a gallery's policy goes with its file, to a gallery that is new, and stands in nobody's way while people are imported. Method: a
/// fake gateway that notes what it is asked in which order.
/// </summary>
public sealed class GalleryPolicyTests : IDisposable
{
    private const string Set = """
        {"policy":{"verify":{"fmr":0.0001},"identify":{"fpir":0.02},"pad":{"identify":"require","enrol":"require"},
        "enrolment":{"quality":"standard","duplicates":"reject","consistency":"quarantine","facesMax":5,"crops":true}}}
        """;

    private readonly string folder = Directory.CreateTempSubdirectory("facegrid-policy-").FullName;
    private readonly FakeGateway server = new();

    private string FilePath => Path.Combine(folder, "all.facegrid.gz");

    private string JournalPath => FilePath + ".import.jsonl";

    public void Dispose()
    {
        server.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void Rates_that_the_help_names_are_those_that_the_grid_keeps_to() =>
        (GalleryPolicyWrite.FmrMax, GalleryPolicyWrite.FpirMax).ShouldBe((GalleryPolicy.FmrMax, GalleryPolicy.FpirMax));

    [Fact]
    public async Task A_new_gallery_gets_the_policy_and_what_it_asks_of_enrolments_only_when_everybody_is_in()
    {
        await ExportAsync(Set);
        CliRun run = await RunAsync("gallery", "import", FilePath, "--gallery", "copy");
        run.ExitCode.ShouldBe((int)ExitCode.Ok, run.Error);
        ((string)run.Json["policy"]!).ShouldBe("applied");
        JsonNode now = server.Policy("copy")!;
        JsonNode.DeepEquals(now["enrolment"], JsonNode.Parse(Set)!["policy"]!["enrolment"]).ShouldBeTrue(now.ToJsonString());
        ((double)now["identify"]!["fpir"]!).ShouldBe(0.02);
        now["verify"].ShouldBeNull("the default promise is made anew by the grid");
        string[] writes =
        [
            .. server.Requests.Where(
                line => line.Contains("/copy", StringComparison.Ordinal) && !line.StartsWith("GET", StringComparison.Ordinal)),
        ];
        writes.ShouldBe(["PUT /v1/galleries/copy", "POST /v1/galleries/copy/people", "PUT /v1/galleries/copy"]);
        Header()["version"]!.GetValue<int>().ShouldBe(2);
    }

    [Fact]
    public async Task An_import_that_was_stopped_puts_the_policy_in_force_when_it_is_repeated()
    {
        await ExportAsync(Set);
        server.Trouble = line => line == "PERSON p1" ? (503, "storage-unavailable") : null;
        (await RunAsync("gallery", "import", FilePath, "--gallery", "copy", "--patience", "0")).ExitCode.ShouldBe((int)ExitCode.Failed);
        (server.Policy("copy")!["enrolment"], server.Policy("copy")!["pad"]!["enrol"]).ShouldBe((null, null));
        ((string)server.Policy("copy")!["pad"]!["identify"]!).ShouldBe("require");

        server.Trouble = _ => null;
        ((string)(await RunAsync("gallery", "import", FilePath, "--gallery", "copy")).Json["policy"]!).ShouldBe("applied");
        server.Policy("copy")!["enrolment"].ShouldNotBeNull();

        // Afterwards it is a gallery that was there before.
        ((string)(await RunAsync("gallery", "import", FilePath, "--gallery", "copy")).Json["policy"]!).ShouldBe("left-alone");
    }

    [Fact]
    public async Task An_import_that_died_before_it_noted_that_it_had_made_the_gallery_puts_the_policy_in_force_when_it_is_repeated()
    {
        await ExportAsync(Set);
        await DieAsync("POST /v1/galleries/copy/people");
        await File.WriteAllLinesAsync(
            JournalPath,
            (await File.ReadAllLinesAsync(JournalPath, TestContext.Current.CancellationToken))[..1],
            TestContext.Current.CancellationToken);
        server.Policy("copy")!["enrolment"].ShouldBeNull();

        ((string)(await RunAsync("gallery", "import", FilePath, "--gallery", "copy")).Json["policy"]!).ShouldBe("applied");
        server.Policy("copy")!["enrolment"].ShouldNotBeNull();
        File.Exists(JournalPath).ShouldBeFalse();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_gallery_that_somebody_else_made_after_an_import_died_keeps_its_own_policy(bool hadMadeIt)
    {
        await ExportAsync(Set);
        await DieAsync(hadMadeIt ? "POST /v1/galleries/copy/people" : "PUT /v1/galleries/copy");
        server.CreateGallery("copy", contract: null);
        if (hadMadeIt)
        {
            // The same settings, and yet another gallery than the one that the import had made.
            await PutAsync("copy", """{"policy":{"verify":{"fmr":0.0001},"identify":{"fpir":0.02},"pad":{"identify":"require"}}}""");
        }

        ((string)(await RunAsync("gallery", "import", FilePath, "--gallery", "copy")).Json["policy"]!).ShouldBe("left-alone");
        server.Policy("copy")?["enrolment"].ShouldBeNull();
    }

    [Theory]
    [InlineData("new", "left-alone", false)]
    [InlineData("never", "left-alone", false)]
    [InlineData("always", "applied", true)]
    public async Task A_gallery_that_is_there_keeps_its_own_policy_unless_it_is_to_get_the_files(string choice, string said, bool gets)
    {
        await ExportAsync(Set);
        server.CreateGallery("copy", contract: null);
        CliRun run = await RunAsync("gallery", "import", FilePath, "--gallery", "copy", "--policy", choice);
        ((string)run.Json["policy"]!).ShouldBe(said, run.Error);
        (server.Policy("copy") is not null).ShouldBe(gets);
        server.Person("copy", "p0").ShouldNotBeNull();
    }

    [Fact]
    public async Task A_promise_that_the_grid_cannot_keep_stops_the_import_before_anybody_is_in_and_never_goes_without_it()
    {
        await ExportAsync(Set);
        server.Trouble = line => line == "PUT /v1/galleries/copy" ? (422, "not-calibrated") : null;
        CliRun run = await RunAsync("gallery", "import", FilePath, "--gallery", "copy");
        run.ExitCode.ShouldBe((int)ExitCode.Failed);
        ((string)run.Json["error"]!["code"]!).ShouldBe("not-calibrated");
        run.Error.ShouldContain("--policy never");
        File.Exists(JournalPath).ShouldBeFalse();
        server.Requests.ShouldNotContain(line => line.StartsWith("POST /v1/galleries/copy", StringComparison.Ordinal));
        server.Trouble = _ => null;
        (await RunAsync("gallery", "import", FilePath, "--gallery", "copy", "--policy", "never")).ExitCode.ShouldBe((int)ExitCode.Ok);
        server.Policy("copy").ShouldBeNull();
        (await RunAsync("gallery", "import", FilePath, "--gallery", "copy", "--policy", "sometimes")).ExitCode
            .ShouldBe((int)ExitCode.Usage);
    }

    [Fact]
    public async Task A_gallery_without_a_policy_is_written_as_every_program_reads_it()
    {
        await ExportAsync("""{"policy":{"verify":{"fmr":0.0001},"identify":{"fpir":0.01}}}""");
        (Header()["version"]!.GetValue<int>(), Header()["policy"]).ShouldBe((1, null));
        server.CreateGallery("copy", contract: null);
        ((string)(await RunAsync("gallery", "import", FilePath, "--gallery", "copy")).Json["policy"]!)
            .ShouldBe("left-alone", "a fixed threshold is in the file");
    }

    private JsonNode Header()
    {
        using StreamReader reader = new(new GZipStream(File.OpenRead(FilePath), CompressionMode.Decompress));
        return JsonNode.Parse(reader.ReadLine()!)!;
    }

    /// <summary>Imports until a request fails, and gives up.</summary>
    private async Task DieAsync(string request)
    {
        server.Trouble = line => line == request ? (503, "storage-unavailable") : null;
        (await RunAsync("gallery", "import", FilePath, "--gallery", "copy", "--patience", "0")).ExitCode.ShouldBe((int)ExitCode.Failed);
        server.Trouble = _ => null;
    }

    private async Task PutAsync(string gallery, string settings)
    {
        using HttpClient http = new();
        Uri address = new($"{server.Address}/v1/galleries/{gallery}");
        (await http.PutAsync(address, new StringContent(settings), TestContext.Current.CancellationToken)).EnsureSuccessStatusCode();
    }

    private async Task ExportAsync(string settings)
    {
        await PutAsync("default", settings);
        string pictures = Path.Combine(folder, "pictures");
        for (int i = 0; i < 2; i++)
        {
            Directory.CreateDirectory(Path.Combine(pictures, $"p{i}"));
            await File.WriteAllBytesAsync(
                Path.Combine(pictures, $"p{i}", "1.jpg"), FakeGateway.Picture(1, i, 0, 0), TestContext.Current.CancellationToken);
        }

        (await RunAsync("enrol", pictures)).ExitCode.ShouldBe((int)ExitCode.Ok);
        (await RunAsync("gallery", "export", FilePath)).ExitCode.ShouldBe((int)ExitCode.Ok);
    }

    private Task<CliRun> RunAsync(params string[] args) => CliRun.Async(server, folder, args);
}
