using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using FaceGrid.Cli.Shell;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Cli;

/// <summary>The commands that talk to a grid, against a small fake of the documented contract.</summary>
public sealed class CliTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("facegrid-cli-").FullName;
    private readonly FakeGateway server = new();

    private string Pictures => Path.Combine(folder, "pictures");

    private string Journal => Path.Combine(Pictures, ".facegrid-enrol.jsonl");

    public void Dispose()
    {
        server.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Enrol_folder_makes_one_person_per_sub_folder_and_names_what_failed()
    {
        Put("Ada Lovelace/1.jpg", 1, 0, 0, 0);
        Put("Ada Lovelace/2.jpg", 0.99f, 0.1f, 0, 0);
        Put("alan/1.png", 0, 1, 0, 0);
        File.WriteAllText(Path.Combine(Pictures, "alan", "2.png"), "no-face");
        File.WriteAllText(Path.Combine(Pictures, "alan", "notes.txt"), "not a picture");

        string reportFile = Path.Combine(folder, "report.json");
        CliRun run = await RunAsync("enrol", Pictures, "--report", reportFile);

        run.ExitCode.ShouldBe((int)ExitCode.Partial);
        ((int)run.Json["created"]!).ShouldBe(3);
        JsonNode failure = run.Json["failures"]!.AsArray().ShouldHaveSingleItem()!;
        ((string)failure["code"]!).ShouldBe("no-face");
        ((string)failure["file"]!).ShouldEndWith("2.png");
        JsonNode.Parse(
            await File.ReadAllTextAsync(reportFile, TestContext.Current.CancellationToken))!.ToJsonString().ShouldBe(run.Json
                .ToJsonString());
        ((string)server.Person("default", "Ada_Lovelace")!["name"]!).ShouldBe("Ada Lovelace");
        server.Person("default", "Ada_Lovelace")!["faces"]!.AsArray().Count.ShouldBe(2);
        server.Person("default", "alan")!["name"].ShouldBeNull();
    }

    [Fact]
    public async Task Enrol_again_sends_only_what_was_not_acknowledged()
    {
        Put("ada/1.jpg", 1, 0, 0, 0);
        Put("alan/1.jpg", 0, 1, 0, 0);
        server.Trouble = line => line.Contains("/alan/", StringComparison.Ordinal) ? (503, "storage-unavailable") : null;

        CliRun first = await RunAsync("enrol", Pictures, "--patience", "0", "--concurrency", "1");
        first.ExitCode.ShouldBe((int)ExitCode.Failed);
        ((int)first.Json["notTried"]!).ShouldBe(1);
        ((string)first.Json["stopped"]!).ShouldContain("storage-unavailable");

        // A crash cut the journal's last line short; the run goes on all the same.
        await File.AppendAllTextAsync(Journal, "{\"to\":\"http", TestContext.Current.CancellationToken);
        server.Trouble = _ => null;
        server.Requests.Clear();
        CliRun second = await RunAsync("enrol", Pictures);
        second.ExitCode.ShouldBe((int)ExitCode.Ok);
        ((int)second.Json["skipped"]!).ShouldBe(1);
        server.Requests.Where(line => line.StartsWith("POST", StringComparison.Ordinal)).ShouldHaveSingleItem().ShouldContain("/alan/");

        // Another gallery, or the same one made anew, knows nothing of these acknowledgements.
        server.CreateGallery("default", contract: null);
        ((int)(await RunAsync("enrol", Pictures)).Json["skipped"]!).ShouldBe(0);
    }

    [Fact]
    public async Task Enrol_busy_grid_is_tried_again()
    {
        Put("ada/1.jpg", 1, 0, 0, 0);
        int left = 3;
        server.Trouble = line => line.StartsWith("POST", StringComparison.Ordinal) && left-- > 0 ? (429, "busy") : null;

        CliRun run = await RunAsync("enrol", Pictures);

        run.ExitCode.ShouldBe((int)ExitCode.Ok);
        server.Requests.Count(line => line.StartsWith("POST", StringComparison.Ordinal)).ShouldBe(4);
    }

    [Fact]
    public async Task Enrol_folder_that_takes_no_journal_keeps_it_in_the_user_state()
    {
        // Goal: a read-only folder. Method: a directory sits where the journal would be, which also stops a test that runs as root.
        Put("ada/1.jpg", 1, 0, 0, 0);
        Directory.CreateDirectory(Journal);

        CliRun run = await RunAsync("enrol", Pictures);

        run.ExitCode.ShouldBe((int)ExitCode.Ok);
        ((string)run.Json["journal"]!).ShouldStartWith(Path.Combine(folder, "facegrid"));
        ((int)(await RunAsync("enrol", Pictures)).Json["skipped"]!).ShouldBe(1);
    }

    [Fact]
    public async Task Enrol_first_takes_pictures_in_ordinal_order()
    {
        Put("ada/b.jpg", 0, 1, 0, 0);
        Put("ada/B.jpg", 1, 0, 0, 0);
        Put("ada/a.jpg", 0, 0, 1, 0);

        await RunAsync("enrol", Pictures, "--first", "1");

        Convert.FromBase64String((string)server.Person("default", "ada")!["faces"]!.AsArray().ShouldHaveSingleItem()!["embedding"]!)
            .ShouldBe(Floats(1, 0, 0, 0));
    }

    [Fact]
    public async Task Enrol_two_folders_that_would_be_one_person_are_refused()
    {
        Put("ada l/1.jpg", 1, 0, 0, 0);
        Put("ada_l/1.jpg", 0, 1, 0, 0);

        CliRun run = await RunAsync("enrol", Pictures);

        run.ExitCode.ShouldBe((int)ExitCode.Failed);
        run.Error.ShouldContain("ada_l");
        server.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Identify_ends_with_what_it_found()
    {
        string ada = Put("ada/1.jpg", 1, 0, 0, 0);
        string stranger = Put("stranger.jpg", 0, 0, 0, 1);
        string missing = Path.Combine(folder, "missing.jpg");
        await RunAsync("enrol", ada, "--person", "ada");

        CliRun known = await RunAsync("identify", ada);
        known.ExitCode.ShouldBe((int)ExitCode.Ok);
        ((string)known.Json["pictures"]![0]!["answer"]!["faces"]![0]!["person"]!).ShouldBe("ada");
        (await RunAsync("identify", stranger)).ExitCode.ShouldBe((int)ExitCode.NoMatch);
        (await RunAsync("identify", ada, stranger)).ExitCode.ShouldBe((int)ExitCode.NoMatch);
        (await RunAsync("identify", ada, missing)).ExitCode.ShouldBe((int)ExitCode.Partial);
        (await RunAsync("identify", missing)).ExitCode.ShouldBe((int)ExitCode.Failed);
        (await RunAsync("identify")).ExitCode.ShouldBe((int)ExitCode.Usage);
        (await RunAsync("identify", ada, "--threshold", "3")).ExitCode.ShouldBe((int)ExitCode.Usage);
        (await RunAsync("identify", ada, "--patience", "NaN")).ExitCode.ShouldBe((int)ExitCode.Usage);
    }

    [Fact]
    public async Task Verify_and_compare_end_with_no_match()
    {
        string ada = Put("ada/1.jpg", 1, 0, 0, 0);
        string stranger = Put("stranger.jpg", 0, 0, 0, 1);
        await RunAsync("enrol", ada, "--person", "ada");

        (await RunAsync("verify", "ada", ada)).ExitCode.ShouldBe((int)ExitCode.Ok);
        (await RunAsync("verify", "ada", stranger)).ExitCode.ShouldBe((int)ExitCode.NoMatch);
        (await RunAsync("verify", "..", ada)).ExitCode.ShouldBe((int)ExitCode.Usage);
        (await RunAsync("compare", ada, stranger)).ExitCode.ShouldBe((int)ExitCode.NoMatch);
        CliRun unknown = await RunAsync("verify", "alan", ada);
        unknown.ExitCode.ShouldBe((int)ExitCode.Failed);
        ((string)unknown.Json["error"]!["code"]!).ShouldBe("person-not-found");
    }

    [Fact]
    public async Task People_are_listed_shown_and_deleted()
    {
        Put("ada/1.jpg", 1, 0, 0, 0);
        Put("alan/1.jpg", 0, 1, 0, 0);
        await RunAsync("enrol", Pictures);

        CliRun list = await RunAsync("people", "list", "--max", "1");
        ((string)list.Json["people"]!.AsArray().ShouldHaveSingleItem()!["id"]!).ShouldBe("ada");
        ((string)list.Json["next"]!).ShouldBe("ada");
        ((string)(await RunAsync("people", "list", "--after", "ada")).Json["people"]![0]!["id"]!).ShouldBe("alan");
        (await RunAsync("people", "delete", "ada")).ExitCode.ShouldBe((int)ExitCode.Ok);
        (await RunAsync("people", "show", "ada")).ExitCode.ShouldBe((int)ExitCode.Failed);
        (await RunAsync("people", "show", "alan")).ExitCode.ShouldBe((int)ExitCode.Ok);
    }

    [Theory]
    [InlineData("people")]
    [InlineData("gallery")]
    public async Task A_list_names_whom_the_grid_cannot_read(string command)
    {
        Put("ada/1.jpg", 1, 0, 0, 0);
        Put("alan/1.jpg", 0, 1, 0, 0);
        await RunAsync("enrol", Pictures);
        (await RunAsync(command, "list")).Json["damaged"].ShouldBeNull();

        server.Damaged = ["bea", "cy"];
        CliRun list = await RunAsync(command, "list");
        list.ExitCode.ShouldBe((int)ExitCode.Partial);
        list.Json["damaged"]!.AsArray().Select(id => (string)id!).ShouldBe(["bea", "cy"]);
        list.Error.ShouldContain("their rows are damaged: bea, cy");
        list.Json[command == "people" ? "people" : "galleries"]!.AsArray().ShouldNotBeEmpty();
    }

    [Fact]
    public async Task An_import_that_goes_on_still_tells_whom_the_run_before_it_could_not_import()
    {
        string file = await ExportAsync(people: 7);
        server.Trouble = line => line switch
        {
            "PERSON p1" => (422, "contract-mismatch"),
            "PERSON p4" => (503, "storage-unavailable"),
            _ => null,
        };
        (await RunAsync("gallery", "import", file, "--gallery", "copy", "--batch", "3", "--patience", "0")).ExitCode
            .ShouldBe((int)ExitCode.Failed);

        server.Trouble = line => line == "PERSON p6" ? (422, "contract-mismatch") : null;
        CliRun run = await RunAsync("gallery", "import", file, "--gallery", "copy", "--batch", "3");

        run.ExitCode.ShouldBe((int)ExitCode.Partial);
        run.Json["failures"]!.AsArray().Select(failure => (string)failure!["person"]!).ShouldBe(["p1", "p6"]);
        ((int)run.Json["skipped"]!).ShouldBe(3);
    }

    [Fact]
    public async Task Gallery_exported_and_imported_is_the_same_gallery()
    {
        string file = await ExportAsync(people: 7);

        CliRun import = await RunAsync("gallery", "import", file, "--gallery", "copy", "--batch", "3");

        import.ExitCode.ShouldBe((int)ExitCode.Ok);
        ((int)import.Json["created"]!).ShouldBe(7);
        File.Exists(file + ".part").ShouldBeFalse();
        File.Exists(file + ".import.jsonl").ShouldBeFalse();
        for (int i = 0; i < 7; i++)
        {
            JsonObject copy = server.Person("copy", $"p{i}")!;
            JsonNode.DeepEquals(copy["faces"], server.Person("default", $"p{i}")!["faces"]).ShouldBeTrue();
        }

        ((int)(await RunAsync("gallery", "import", file, "--gallery", "copy")).Json["updated"]!).ShouldBe(7);
    }

    [Fact]
    public async Task Import_goes_on_where_it_stopped_and_names_who_was_refused()
    {
        string file = await ExportAsync(people: 7);
        server.Trouble = line => line == "PERSON p4" ? (503, "storage-unavailable") : null;
        (await RunAsync("gallery", "import", file, "--gallery", "copy", "--batch", "3", "--patience", "0")).ExitCode
            .ShouldBe((int)ExitCode.Failed);

        server.Trouble = line => line == "PERSON p5" ? (409, "too-many-faces") : null;
        CliRun second = await RunAsync("gallery", "import", file, "--gallery", "copy", "--batch", "3");

        second.ExitCode.ShouldBe((int)ExitCode.Partial);
        ((int)second.Json["skipped"]!).ShouldBe(3);
        ((string)second.Json["failures"]!.AsArray().ShouldHaveSingleItem()!["person"]!).ShouldBe("p5");
        server.Person("copy", "p6").ShouldNotBeNull();
    }

    [Theory]
    [InlineData("cut", "damaged-file")]
    [InlineData("altered", "damaged-file")]
    [InlineData("shortened", "damaged-file")]
    [InlineData("newer", "newer-file")]
    [InlineData("other", "not-a-gallery-file")]
    public async Task Import_of_a_file_that_is_not_whole_changes_nothing(string kind, string code)
    {
        string file = await ExportAsync(people: 3);
        List<string> lines = [.. Unzip(file).Split('\n', StringSplitOptions.RemoveEmptyEntries)];
        switch (kind)
        {
            case "cut":
                byte[] bytes = File.ReadAllBytes(file);
                File.WriteAllBytes(file, bytes[..(bytes.Length / 2)]);
                break;
            case "altered":
                Zip(file, [lines[0], lines[1].Replace("\"p0\"", "\"px\"", StringComparison.Ordinal), .. lines[2..]]);
                break;
            case "shortened":
                Zip(file, lines[..^1]);
                break;
            case "newer":
                Zip(file, [lines[0].Replace("\"version\":1", "\"version\":3", StringComparison.Ordinal), .. lines[1..]]);
                break;
            default:
                Zip(file, ["{\"hello\":1}"]);
                break;
        }

        server.Requests.Clear();
        CliRun run = await RunAsync("gallery", "import", file, "--gallery", "copy");

        run.ExitCode.ShouldBe((int)ExitCode.Failed);
        ((string)run.Json["error"]!["code"]!).ShouldBe(code);
        server.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Import_into_a_gallery_of_another_contract_is_refused()
    {
        string file = await ExportAsync(people: 1);
        server.CreateGallery("other", new JsonObject { ["id"] = "another", ["dimension"] = 4 });

        CliRun run = await RunAsync("gallery", "import", file, "--gallery", "other");

        ((string)run.Json["error"]!["code"]!).ShouldBe("contract-mismatch");
        server.Requests.ShouldNotContain(line => line.StartsWith("POST /v1/galleries/other", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("start")]
    [InlineData("start", "sface", "--identify-threshold", "3")]
    [InlineData("start", "sface", "--verify-threshold", "-1")]
    [InlineData("start", "sface", "--gallery", "No Such Id")]
    [InlineData("status", "sface")]
    [InlineData("switch", "--leave")]
    [InlineData("finish", "--wait")]
    [InlineData("undo")]
    public async Task Migrate_with_a_wrong_command_line_asks_nobody(params string[] step)
    {
        CliRun run = await RunAsync(["gallery", "migrate", .. step]);
        run.ExitCode.ShouldBe((int)ExitCode.Usage);
        run.Error.ShouldNotBeEmpty();
        server.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Gallery_delete_needs_a_yes_where_nobody_can_be_asked()
    {
        (await RunAsync("gallery", "create", "spare")).ExitCode.ShouldBe((int)ExitCode.Ok);
        (await RunAsync("gallery", "delete", "spare")).ExitCode.ShouldBe((int)ExitCode.Usage);
        (await RunAsync("gallery", "delete", "spare", "--yes")).ExitCode.ShouldBe((int)ExitCode.Ok);
        (await RunAsync("gallery", "list")).Json["galleries"]!.AsArray().Count.ShouldBe(1);
    }

    [Fact]
    public async Task Keys_create_prints_a_key_and_the_digest_that_admits_it()
    {
        JsonNode key = (await RunAsync("keys", "create", "--name", "door")).Json;
        string secret = (string)key["key"]!;
        secret.Length.ShouldBe(43);
        string digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));
        ((string)key["configuration"]!["FaceGrid:Gateway:ApiKeys:0:Sha256"]!).ShouldBe(digest);

        server.Key = secret;
        (await RunAsync("gallery", "list")).ExitCode.ShouldBe((int)ExitCode.Failed);
        (await RunAsync("gallery", "list", "--key", secret)).ExitCode.ShouldBe((int)ExitCode.Ok);
    }

    [Fact]
    public async Task Keys_create_prints_what_a_lesser_key_opens()
    {
        string[] create = ["keys", "create", "--name", "door", "--index", "2", "--permission", "Push", "--permission", "Watch"];
        JsonNode key = (await RunAsync([.. create, "--camera", "door"])).Json;
        key["configuration"]!.AsObject().Where(
            setting => setting.Key.Contains(":2:P", StringComparison.Ordinal) || setting.Key.Contains(":2:C", StringComparison.Ordinal))
            .Select(setting => $"{setting.Key}={setting.Value}")
            .ShouldBe(
                [
                    "FaceGrid:Gateway:ApiKeys:2:Permissions:0=Push",
                    "FaceGrid:Gateway:ApiKeys:2:Permissions:1=Watch",
                    "FaceGrid:Gateway:ApiKeys:2:Cameras:0=door",
                ]);
        // The command knows every one that a gateway knows.
        foreach (string permission in Enum.GetNames<FaceGrid.Gateway.Security.KeyPermission>())
        {
            (await RunAsync("keys", "create", "--name", "all", "--permission", permission)).ExitCode.ShouldBe((int)ExitCode.Ok, permission);
        }

        string[][] mistakes = [["--permission", "Fly"], ["--gallery", "staff"], ["--camera", "door", "--permission", "Administer"]];
        foreach (string[] wrong in mistakes)
        {
            (await RunAsync(["keys", "create", "--name", "door", .. wrong])).ExitCode.ShouldBe((int)ExitCode.Usage);
        }
    }

    [Fact]
    public async Task Unreachable_grid_and_wrong_address_say_so()
    {
        server.Dispose();
        CliRun unreachable = await RunAsync("people", "list", "--patience", "0");
        unreachable.ExitCode.ShouldBe((int)ExitCode.Failed);
        ((string)unreachable.Json["error"]!["code"]!).ShouldBe("unreachable");
        (await RunAsync("people", "list", "--server", "nonsense")).ExitCode.ShouldBe((int)ExitCode.Usage);
        (await RunAsync("people", "list", "--gallery", "No Such Id")).ExitCode.ShouldBe((int)ExitCode.Usage);
    }

    private static byte[] Floats(params float[] vector) => [.. vector.SelectMany(BitConverter.GetBytes)];

    private static string Unzip(string file)
    {
        using GZipStream zip = new(File.OpenRead(file), CompressionMode.Decompress);
        using StreamReader reader = new(zip);
        return reader.ReadToEnd();
    }

    private static void Zip(string file, IEnumerable<string> lines)
    {
        using StreamWriter writer = new(new GZipStream(File.Create(file), CompressionLevel.Fastest));
        writer.Write(string.Concat(lines.Select(line => line + "\n")));
    }

    private Task<CliRun> RunAsync(params string[] args) => CliRun.Async(server, folder, args);

    private string Put(string name, params float[] vector)
    {
        string path = Path.Combine(Pictures, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, FakeGateway.Picture(vector));
        return path;
    }

    private async Task<string> ExportAsync(int people)
    {
        for (int i = 0; i < people; i++)
        {
            Put($"p{i}/1.jpg", 1, i, 0, 0);
        }

        await RunAsync("enrol", Pictures);
        string file = Path.Combine(folder, "all.facegrid.gz");
        CliRun export = await RunAsync("gallery", "export", file);
        export.ExitCode.ShouldBe((int)ExitCode.Ok, export.Error);
        ((int)export.Json["people"]!).ShouldBe(people);
        return file;
    }
}
