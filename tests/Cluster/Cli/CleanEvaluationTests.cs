using System.Security.Cryptography;
using System.Text.Json.Nodes;
using FaceGrid.Evaluation.Grids;
using FaceGrid.Evaluation.Faces;
using FaceGrid.Cli.Shell;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Cli;

/// <summary>
/// Goal: <c>facegrid evaluate clean</c> plants what it says and counts what became of it. Method: eight people with four pictures each,
/// which are the numbers of person and picture; a fake gateway that catches exactly
/// what the test chooses, so that every figure is known beforehand.
/// </summary>
public sealed class CleanEvaluationTests : IDisposable
{
    private const int People = 8;
    private const int Pictures = 4;
    private const int Planted = 2;
    private readonly string folder = Directory.CreateTempSubdirectory("facegrid-clean-").FullName;
    private readonly FakeGateway server = new();

    public CleanEvaluationTests()
    {
        for (int person = 0; person < People; person++)
        {
            Directory.CreateDirectory(Path.Combine(Data, $"p{person}"));
            for (int picture = 0; picture < Pictures; picture++)
            {
                File.WriteAllBytes(Path.Combine(Data, $"p{person}", $"{picture}.jpg"), PictureOf(person, picture));
            }
        }
    }

    private string Data => Path.Combine(folder, "data");

    public void Dispose()
    {
        server.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void The_plan_plants_as_many_errors_as_asked_uses_each_picture_once_and_follows_from_its_seed()
    {
        LabelledPictures data = LabelledPictures.Open(Data);
        CleanPlan plan = CleanPlan.Draw(data, People, Planted, seed: 3);
        CleanEvent[] all = [.. plan.First, .. plan.Rest];
        all.Select(one => one.Picture).ShouldBeUnique();
        all.Length.ShouldBe(People * Pictures);
        plan.First.Select(one => one.Person).ShouldBe(Enumerable.Range(0, People).Select(person => $"p{person}"), ignoreOrder: true);
        all.Where(one => one.Kind == CleanKind.Good).ShouldAllBe(one => data.People[one.Picture] == one.Person);
        CleanEvent[] mislabelled = [.. all.Where(one => one.Kind == CleanKind.Mislabelled)];
        mislabelled.Length.ShouldBe(Planted);
        mislabelled.ShouldAllBe(one => data.People[one.Picture] != one.Person && plan.First.Any(first => first.Person == one.Person));
        CleanEvent[] duplicates = [.. all.Where(one => one.Kind == CleanKind.Duplicate)];
        duplicates.ShouldAllBe(one => data.People[one.Picture] + ":again" == one.Person);
        duplicates.GroupBy(one => one.Person).Select(person => person.Count()).ShouldBe([Pictures / 2, Pictures / 2]);

        CleanPlan again = CleanPlan.Draw(data, People, Planted, seed: 3), another = CleanPlan.Draw(data, People, Planted, seed: 4);
        (
            again.First.SequenceEqual(plan.First),
            again.Rest.SequenceEqual(plan.Rest),
            another.Rest.SequenceEqual(plan.Rest)).ShouldBe((true, true, false));
        CleanPlan.Draw(data, 3, planted: 500, seed: 3).Rest.Where(one => one.Kind != CleanKind.Good)
            .Select(one => one.Person)
            .Distinct()
            .Count()
            .ShouldBe(3, "everybody has one error at most");
    }

    [Fact]
    public async Task What_is_caught_reported_and_wrongly_held_is_counted_as_it_was()
    {
        LabelledPictures data = LabelledPictures.Open(Data);
        CleanPlan plan = CleanPlan.Draw(data, People, Planted, seed: 1);
        CleanEvent[] mislabelled = [.. plan.Rest.Where(one => one.Kind == CleanKind.Mislabelled)];
        CleanEvent[] good = [.. plan.Rest.Where(one => one.Kind == CleanKind.Good)];
        string[] duplicates = [.. plan.Rest.Where(one => one.Kind == CleanKind.Duplicate).Select(one => one.Person).Distinct()];
        CleanEvent held = good[0], refused = good.First(one => one.Person != held.Person);

        // One of each kind of error is caught, the other named by the report; two good pictures are held, one has no face.
        CleanEvent faceless = good.Last(one => one != held && one.Person != refused.Person);
        await File.WriteAllTextAsync(Path.Combine(Data, data.Files[faceless.Picture]), "no-face", TestContext.Current.CancellationToken);
        server.Trouble = line => line.StartsWith("POST", StringComparison.Ordinal)
            && (line.Contains(Uri.EscapeDataString(duplicates[0]) + "/", StringComparison.Ordinal)
                || line.Contains($"/{refused.Person}/", StringComparison.Ordinal))
                ? (409, "duplicate-person")
                : null;
        int[] quarantined = [mislabelled[0].Picture, held.Picture];
        server.Quarantines = (_, vector) => quarantined.Contains(data.Files.IndexOf($"p{vector[0]:0}/{vector[1]:0}.jpg"));
        server.Report =
        [
            new JsonObject
            {
                ["person"] = mislabelled[1].Person,
                ["faces"] = new JsonArray(
                    new JsonObject { ["face"] = FaceOf(data, mislabelled[1].Picture), ["findings"] = new JsonArray("lonely") }),
                ["lookAlikes"] = new JsonArray(),
            },
            new JsonObject
            {
                ["person"] = duplicates[1],
                ["faces"] = new JsonArray(),
                ["lookAlikes"] = new JsonArray(new JsonObject { ["person"] = duplicates[1].Split(':')[0] }),
            },
        ];

        string file = Path.Combine(folder, "figures.json");
        CliRun run = await RunAsync("--people", $"{People}", "--planted", $"{Planted}", "--seed", "1", "--out", file);
        run.ExitCode.ShouldBe((int)ExitCode.Ok, run.Error);
        int refusedGood = plan.First.Concat(good).Count(one => one.Person == refused.Person);
        int goodWithFace = plan.First.Length + good.Length - 1;
        int refusedMislabelled = mislabelled.Count(one => one.Person == refused.Person);
        refusedMislabelled.ShouldBe(0, "or the test has chosen badly");
        Figure("pictures").ShouldBe(People * Pictures);
        Figure("withoutFace").ShouldBe(1);
        (Figure("mislabelled"), Figure("mislabelledCaught"), Figure("mislabelledReported")).ShouldBe((Planted, 1, 1));
        (Figure("duplicates"), Figure("duplicatesCaught"), Figure("duplicatesReported")).ShouldBe((Planted, 1, 1));
        (Figure("good"), Figure("goodRefused"), Figure("goodQuarantined")).ShouldBe((goodWithFace, refusedGood, 1));
        ((double)run.Json["caughtShare"]!).ShouldBe(0.5);
        ((double)run.Json["heldShare"]!).ShouldBe((refusedGood + 1) / (double)goodWithFace);
        JsonNode.DeepEquals(
            JsonNode.Parse(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken)), run.Json).ShouldBeTrue();
        JsonNode policy = server.Policy("planted")!["enrolment"]!;
        (
            (string)policy["duplicates"]!,
            (string)policy["consistency"]!,
            (string)policy["quality"]!).ShouldBe(("reject", "quarantine", "off"));

        int Figure(string name) => (int)run.Json[name]!;
    }

    [Fact]
    public async Task A_gallery_that_is_there_is_left_alone_and_bad_input_is_named()
    {
        server.CreateGallery("planted", contract: null);
        CliRun run = await RunAsync("--people", "4", "--planted", "1");
        run.ExitCode.ShouldBe((int)ExitCode.Failed);
        ((string)run.Json["error"]!["code"]!).ShouldBe("gallery");
        server.Requests.ShouldNotContain(line => line.StartsWith("POST", StringComparison.Ordinal));
        (await RunAsync("--planted", "0")).ExitCode.ShouldBe((int)ExitCode.Usage);
        (await RunAsync("--people", "1")).ExitCode.ShouldBe((int)ExitCode.Usage);
        (await RunAsync("--concurrency", "0")).ExitCode.ShouldBe((int)ExitCode.Usage);
        (await CliRun.Async(server, folder, "evaluate", "clean")).ExitCode.ShouldBe((int)ExitCode.Usage);
        CliRun nowhere = await CliRun.Async(server, folder, "evaluate", "clean", "--data", Path.Combine(folder, "nowhere"));
        ((string)nowhere.Json["error"]!["code"]!).ShouldBe("file");
    }

    private static byte[] PictureOf(int person, int picture) => FakeGateway.Picture(person, picture, 1, 0);

    private static string FaceOf(LabelledPictures data, int picture)
    {
        string[] parts = data.Files[picture].Split('/', '.');
        return Convert.ToHexStringLower(SHA256.HashData(PictureOf(int.Parse(parts[0][1..]), int.Parse(parts[1]))))[..32];
    }

    private Task<CliRun> RunAsync(params string[] args) =>
        CliRun.Async(server, folder, ["evaluate", "clean", "--data", Data, "--gallery", "planted", .. args]);
}
