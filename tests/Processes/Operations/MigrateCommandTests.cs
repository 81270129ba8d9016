using System.Text.Json;
using FaceGrid.Tests.Support;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Operations;

/// <summary>
/// Goal: an operator migrates a gallery with the command line alone, and keeps its policy in a file. Method: the program itself, in a process of its own, against a real node with two models: every step, its exit code and what
/// it says, and every mistake that an operator is likely to make.
/// </summary>
public sealed class MigrateCommandTests : IAsyncLifetime
{
    private const string Old = "mobileface-v2-256", New = "mobilefacenet-foamliu-128";
    private readonly TemporaryDirectory _directory = new();
    private NodeProcess _node = null!;

    public async ValueTask InitializeAsync() => _node = await NodeProcess.StartAsync(
        Path.Combine(_directory.Path, "data"),
        ("FACEGRID_MODELS", TestData.Models),
        ("FaceGrid__Vision__Embedder", Path.Combine(AppContext.BaseDirectory, "Profiles", Old + ".json")),
        ("FaceGrid__Vision__NextEmbedder", New));

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        _directory.Dispose();
    }

    [Fact]
    public async Task A_gallery_is_migrated_with_the_command_line_and_taken_along_in_a_file()
    {
        await FailsAsync("gallery-not-found", "start", New);
        await DoneAsync("gallery", "create", "staff", "--crops", "true", "--fpir", "0.02");
        await FailsAsync("no-migration", "status");
        await FailsAsync("no-migration", "finish");
        await FailsAsync("migration-conflict", "start", New); // Nobody is enrolled: there is no model to migrate from.
        foreach ((string person, byte[] picture) in LfwFaces.OfMany(3, except: "nobody"))
        {
            (await Portraits.PostAsync(_node, $"/v1/galleries/staff/people/{person}/faces?face=main", picture)).Status.ShouldBe(201);
        }

        await FailsAsync("model-unavailable", "start", "no-such-model");

        // Somebody without a cut-out.
        JsonElement first = (await _node.SendAsync(HttpMethod.Get, "/v1/galleries/staff/people?embeddings=true&limit=1")).Body.GetProperty("people")[0];
        float[] vector = [.. Enumerable.Range(0, 256).Select(i => i == 7 ? 1f : 0f)];
        (await _node.SendAsync(HttpMethod.Put, "/v1/galleries/staff/people/eve", new { contract = first.GetProperty("contract").GetString(), faces = new[] { new { embedding = vector } } })).Status.ShouldBe(System.Net.HttpStatusCode.Created);

        MigrationState(await DoneAsync("gallery", "migrate", "start", New, "--wait")).ShouldBe("ready");
        MigrationState(await DoneAsync("gallery", "migrate", "start", New)).ShouldBeOneOf("ready", "filling");
        MigrationState(await DoneAsync("gallery", "migrate", "status")).ShouldBe("ready");
        await FailsAsync("migration-conflict", "finish");
        JsonElement lacking = JsonDocument.Parse((await RunAsync(3, "gallery", "migrate", "lacking")).Out).RootElement.GetProperty("people");
        lacking.EnumerateArray().Single().GetProperty("person").GetString().ShouldBe("eve");
        await FailsAsync("people-lacking", "switch");
        MigrationState(await DoneAsync("gallery", "migrate", "switch", "--leave-lacking")).ShouldBe("switched");
        await FailsAsync("migration-conflict", "abort");
        MigrationState(await DoneAsync("gallery", "migrate", "rollback")).ShouldBeOneOf("filling", "ready");
        MigrationState(await DoneAsync("gallery", "migrate", "status", "--wait")).ShouldBe("ready");
        JsonDocument.Parse((await DoneAsync("gallery", "migrate", "abort")).Out).RootElement.TryGetProperty("migration", out _).ShouldBeFalse("it has ended");

        await DoneAsync("people", "delete", "eve");
        await DoneAsync("gallery", "migrate", "start", New, "--wait");
        (await DoneAsync("gallery", "migrate", "lacking")).Out.ShouldContain("[]");
        MigrationState(await DoneAsync("gallery", "migrate", "switch")).ShouldBe("switched");
        (await DoneAsync("gallery", "migrate", "finish")).Out.Trim().ShouldBe("{}");
        await FailsAsync("no-migration", "status");

        await ShouldTravelAsync();
    }

    /// <summary>The migrated gallery goes to another one by way of a file, with its policy and without its cut-outs.</summary>
    private async Task ShouldTravelAsync()
    {
        string file = Path.Combine(_directory.Path, "staff.facegrid.gz");
        await DoneAsync("gallery", "export", file);
        CliRun import = await CliProcess.RunAsync(_node.Http.BaseAddress!, _directory.Path, "gallery", "import", file, "--gallery", "copy");
        import.ExitCode.ShouldBe(0, import.Error);
        JsonElement staff = (await _node.SendAsync(HttpMethod.Get, "/v1/galleries/staff")).Body, copy = (await _node.SendAsync(HttpMethod.Get, "/v1/galleries/copy")).Body;
        copy.GetProperty("policy").GetRawText().ShouldBe(staff.GetProperty("policy").GetRawText());
        copy.GetProperty("policy").GetProperty("identify").GetProperty("fpir").GetDouble().ShouldBe(0.02);
        copy.GetProperty("policy").GetProperty("enrolment").GetProperty("crops").GetBoolean().ShouldBeTrue();
        copy.GetProperty("people").GetInt32().ShouldBe(3);
        (await CliProcess.RunAsync(_node.Http.BaseAddress!, _directory.Path, "gallery", "migrate", "start", Old, "--wait", "--gallery", "copy")).ExitCode.ShouldBe(0);
        CliRun lacking = await CliProcess.RunAsync(_node.Http.BaseAddress!, _directory.Path, "gallery", "migrate", "lacking", "--gallery", "copy");
        lacking.ExitCode.ShouldBe(3, lacking.Error);
        JsonDocument.Parse(lacking.Out).RootElement.GetProperty("people").GetArrayLength().ShouldBe(3);
    }

    private static string? MigrationState(CliRun run) => JsonDocument.Parse(run.Out).RootElement.GetProperty("migration").GetProperty("state").GetString();

    private Task<CliRun> DoneAsync(params string[] arguments) => RunAsync(0, arguments);

    private async Task<CliRun> RunAsync(int exitCode, params string[] arguments)
    {
        CliRun run = await CliProcess.RunAsync(_node.Http.BaseAddress!, _directory.Path, [.. arguments, "--gallery", "staff"]);
        run.ExitCode.ShouldBe(exitCode, $"{string.Join(' ', arguments)}: {run.Out} {run.Error}");
        return run;
    }

    private async Task FailsAsync(string code, params string[] step)
    {
        CliRun run = await RunAsync(1, ["gallery", "migrate", .. step]);
        run.Error.ShouldNotBeEmpty();
        JsonDocument.Parse(run.Out).RootElement.GetProperty("error").GetProperty("code").GetString().ShouldBe(code);
    }
}
