using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using FaceGrid.Tests.Support;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Operations;

/// <summary>
/// Goal: what a newcomer runs in the first minute is real recognition. Method: a node with no model directory, an empty home and, where the machine allows it, no network; photographs of people whom the built-in models
/// were not trained on (View 2, folds 6 to 10). Where it starts is where its data and settings are.
/// </summary>
public sealed class FirstMinuteTests
{
    private const string Gallery = "/v1/galleries/default";

    // Person, and which of their pictures are enrolled and asked about.
    private static readonly (string Person, int Enrolled, int Asked)[] Known = [("Hamid_Karzai", 1, 3), ("Amelie_Mauresmo", 3, 7), ("Angelina_Jolie", 1, 2), ("Bill_Clinton", 2, 4), ("Hans_Blix", 7, 8)];

    private static readonly (string, string)[] Quick = [("FACEGRID_MODELS", ""), ("FaceGrid__Vision__Offline", "true")];

    [Fact]
    public async Task Without_models_home_or_network_people_are_recognised_and_strangers_are_nobody()
    {
        using var directory = new TemporaryDirectory();
        (string, string)[] bare = [("FACEGRID_MODELS", ""), ("HOME", directory.Path), ("XDG_CACHE_HOME", directory.Path), ("FaceGrid__Vision__Offline", "true")];
        await using NodeProcess node = await NodeProcess.StartAsync(Path.Combine(directory.Path, "data"), bare);
        await Eventually.AssertAsync(() =>
        {
            node.Output.ShouldContain("facegrid-detector");
            node.Output.ShouldContain("facegrid models pull yunet-n mobilefacenet-foamliu-128");
            return Task.CompletedTask;
        });

        int matches = 0, found = 0;
        foreach ((string person, int enrolled, _) in Known)
        {
            (await Portraits.PostAsync(node, $"{Gallery}/people/{person}/faces", Picture(person, enrolled))).Status.ShouldBe(201);
        }

        foreach ((string person, _, int asked) in Known)
        {
            matches += (await AskAsync(node, $"{Gallery}/people/{person}/verify", Picture(person, asked))).GetProperty("match").GetBoolean() ? 1 : 0;
            JsonElement face = (await AskAsync(node, $"{Gallery}/identify", Picture(person, asked))).GetProperty("faces")[0];
            found += face.GetProperty("decision").GetString() == "match" && face.GetProperty("person").GetString() == person ? 1 : 0;
            string other = Known[(Array.FindIndex(Known, one => one.Person == person) + 1) % Known.Length].Person;
            (await AskAsync(node, $"{Gallery}/people/{other}/verify", Picture(person, asked))).GetProperty("match").GetBoolean().ShouldBeFalse($"{person} as {other}");
        }

        // What small models miss is theirs to miss, now and then; whom they name must be right.
        matches.ShouldBeGreaterThanOrEqualTo(Known.Length - 1);
        found.ShouldBeGreaterThanOrEqualTo(Known.Length - 1);
        JsonElement stranger = (await AskAsync(node, $"{Gallery}/identify", Picture("James_Blake", 4))).GetProperty("faces")[0];
        stranger.GetProperty("decision").GetString().ShouldNotBe("match");
    }

    [Fact]
    public async Task Run_from_a_checkout_keeps_its_data_where_the_user_stands()
    {
        using var directory = new TemporaryDirectory();
        string configuration = Path.GetFileName(Path.GetDirectoryName(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar)))!;
        await using NodeProcess node = await NodeProcess.StartByAsync(
            directory.Path, ["dotnet", "run", "--no-build", "-c", configuration, "--project", Path.Combine(Root(), "src", "Silo")], Quick);
        File.Exists(Path.Combine(directory.Path, "facegrid-data", "facegrid.db")).ShouldBeTrue(node.Output);
    }

    [Theory]
    [InlineData(null, "beside")]
    [InlineData("here", "here")]
    public async Task Settings_beside_the_program_hold_below_those_of_the_working_directory(string? here, string expected)
    {
        using var directory = new TemporaryDirectory();
        string program = CopyOfTheProgram(Path.Combine(directory.Path, "program")), start = Directory.CreateDirectory(Path.Combine(directory.Path, "start")).FullName;
        File.WriteAllText(Path.Combine(program, "appsettings.json"), """{"FaceGrid":{"DataDirectory":"./beside"}}""");
        if (here is not null)
        {
            File.WriteAllText(Path.Combine(start, "appsettings.json"), $$$"""{"FaceGrid":{"DataDirectory":"./{{{here}}}"}}""");
        }

        await using NodeProcess node = await NodeProcess.StartByAsync(start, ["dotnet", Path.Combine(program, "FaceGrid.Silo.dll")], Quick);
        Directory.GetDirectories(start).Select(Path.GetFileName).ShouldBe([expected], node.Output);
    }

    /// <summary>A folder with the program that lies beside the tests, in which settings can be changed.</summary>
    private static string CopyOfTheProgram(string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (string path in Directory.GetFileSystemEntries(AppContext.BaseDirectory).Where(path => Path.GetFileName(path) != "appsettings.json"))
        {
            // The runtime follows links of the program itself, and would find the folder of the tests.
            string copy = Path.Combine(folder, Path.GetFileName(path));
            if (Path.GetFileName(path).StartsWith("FaceGrid.Silo.", StringComparison.Ordinal))
            {
                File.Copy(path, copy);
            }
            else
            {
                File.CreateSymbolicLink(copy, path);
            }
        }

        return folder;
    }

    private static string Root([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", ".."));

    private static byte[] Picture(string person, int number) => Portraits.Read($"{person}/{person}_{number.ToString("0000", CultureInfo.InvariantCulture)}.jpg");

    private static async Task<JsonElement> AskAsync(NodeProcess node, string path, byte[] picture)
    {
        (int status, string body) = await Portraits.PostAsync(node, path, picture);
        status.ShouldBe(200, body);
        return JsonDocument.Parse(body).RootElement;
    }
}
