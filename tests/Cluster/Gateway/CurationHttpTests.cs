using System.Text.Json;
using FaceGrid.Tests.Grid;
using FaceGrid.Tests.Support;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Gateway;

/// <summary>Goal: policy, report and decisions travel over HTTP as docs/api.md says. Method: the gateway in front of real grains in this process.</summary>
public sealed class CurationHttpTests : IAsyncLifetime
{
    private const string Gallery = "/v1/galleries/" + GridCluster.Gallery;
    private readonly TemporaryDirectory _directory = new();
    private readonly Random _random = new(31);
    private GridCluster _grid = null!;
    private GatewayHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _grid = await GridCluster.StartAsync(_directory.Path, options => options.MapAge = TimeSpan.Zero);
        await _grid.CreateGalleryAsync();
        _host = await GatewayHost.StartAsync(_grid.Grains);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _grid.DisposeAsync();
        _directory.Dispose();
    }

    [Fact]
    public async Task Policy_IsKeptAndGivenBack()
    {
        (int status, JsonElement body) = await PolicyAsync("""{"quality":{"yawMax":30,"eyeDistanceMin":40},"duplicates":"reject","consistency":"quarantine","facesMax":5}""");
        status.ShouldBe(200, body.ToString());
        (await PolicyAsync("""{"duplicates":"warn"}""")).Status.ShouldBe(200);
        JsonElement kept = (await _host.GetAsync(Gallery)).GetProperty("policy").GetProperty("enrolment");
        kept.GetProperty("duplicates").GetString().ShouldBe("warn");
        kept.GetProperty("consistency").GetString().ShouldBe("quarantine");
        kept.GetProperty("facesMax").GetInt32().ShouldBe(5);
        kept.GetProperty("quality").GetProperty("yawMax").GetSingle().ShouldBe(30);
        (await PolicyAsync("""{"quality":"standard"}""")).Body.GetProperty("policy").GetProperty("enrolment").GetProperty("quality").GetString().ShouldBe("standard");
    }

    [Theory]
    [InlineData("""{"duplicates":"refuse"}""", "invalid-parameter")]
    [InlineData("""{"consistency":"on"}""", "invalid-parameter")]
    [InlineData("""{"quality":"high"}""", "invalid-parameter")]
    [InlineData("""{"quality":{"yawMax":91}}""", "invalid-parameter")]
    [InlineData("""{"quality":{"sharpnes":3}}""", "invalid-json")]
    [InlineData("""{"facesMax":1000}""", "invalid-parameter")]
    [InlineData("""{"facemax":10}""", "invalid-json")]
    public async Task Policy_ThatIsNone_IsRefused(string policy, string code)
    {
        (int status, JsonElement body) = await PolicyAsync(policy);
        status.ShouldBe(400);
        body.GetProperty("code").GetString().ShouldBe(code);
    }

    [Fact]
    public async Task Duplicate_IsNamed_AndForceEnrols()
    {
        await PolicyAsync("""{"duplicates":"reject"}""");
        float[] face = GridCluster.RandomUnit(_random);
        (await EnrolAsync("ada", face)).Status.ShouldBe(201);
        (int status, JsonElement problem) = await EnrolAsync("ida", Turned(face));
        status.ShouldBe(409);
        problem.GetProperty("code").GetString().ShouldBe("duplicate-person");
        problem.GetProperty("lookAlike").GetProperty("person").GetString().ShouldBe("ada");
        (await EnrolAsync("ida", Turned(face), "?force=true")).Status.ShouldBe(201);

        JsonElement bulk = (await _host.PostAsync(Gallery + "/people", GatewayHost.Json(JsonSerializer.Serialize(new { people = new[] { new { id = "eda", faces = new[] { new { embedding = face } } } } })))).Body;
        bulk.GetProperty("results")[0].GetProperty("status").GetInt32().ShouldBe(409);
        bulk.GetProperty("results")[0].GetProperty("code").GetString().ShouldBe("duplicate-person");
    }

    [Fact]
    public async Task Report_Veto_Merge_Release_AndBack()
    {
        float[] face = GridCluster.RandomUnit(_random);
        await EnrolAsync("ada", face);
        await EnrolAsync("ida", Turned(face));
        JsonElement report = await _host.GetAsync(Gallery + "/report");
        report.GetProperty("people").EnumerateArray().Select(person => person.GetProperty("lookAlikes")[0].GetProperty("person").GetString()).Order(StringComparer.Ordinal).ShouldBe(["ada", "ida"]);
        report.GetProperty("complete").GetBoolean().ShouldBeTrue();

        (await _host.PutAsync(Gallery + "/people/ada/different/ida", null)).Status.ShouldBe(204);
        (await _host.GetAsync(Gallery + "/report")).GetProperty("people").GetArrayLength().ShouldBe(0);
        (await _host.PostAsync(Gallery + "/people/ada/merge/ida", null)).Status.ShouldBe(409);
        (await _host.SendAsync(HttpMethod.Delete, Gallery + "/people/ada/different/ida", null)).Status.ShouldBe(204);

        (int merged, JsonElement ada) = await _host.PostAsync(Gallery + "/people/ada/merge/ida", null);
        merged.ShouldBe(200, ada.ToString());
        ada.GetProperty("merged")[0].GetString().ShouldBe("ida");
        (await _host.SendAsync(HttpMethod.Get, Gallery + "/people/ida", null)).Status.ShouldBe(404);
        (await _host.PostAsync(Gallery + "/people/ada/unmerge/ida", null)).Body.GetProperty("faces").GetArrayLength().ShouldBe(1);
        (await _host.PostAsync(Gallery + "/people/ida/unmerge/ada", null)).Body.GetProperty("code").GetString().ShouldBe("not-merged");

        await PolicyAsync("""{"consistency":"quarantine"}""");
        float[] bob = GridCluster.RandomUnit(_random);
        await EnrolAsync("bob", bob);
        JsonElement held = (await EnrolAsync("ada", Turned(bob))).Body;
        held.GetProperty("review").GetProperty("quarantined").GetBoolean().ShouldBeTrue();
        (await _host.PostAsync($"{Gallery}/people/ada/faces/{held.GetProperty("face").GetString()}/release", null)).Status.ShouldBe(200);
        (await _host.GetAsync(Gallery + "/people/ada")).GetProperty("faces")[1].GetProperty("review").GetProperty("quarantined").GetBoolean().ShouldBeFalse();
        (await _host.PostAsync($"{Gallery}/people/ada/faces/{new string('0', 32)}/release", null)).Status.ShouldBe(404);
    }

    [Fact]
    public async Task A_deleted_person_leaves_no_veto_behind()
    {
        await EnrolAsync("ada", GridCluster.RandomUnit(_random));
        await EnrolAsync("ida", GridCluster.RandomUnit(_random));
        await _host.PutAsync(Gallery + "/people/ada/different/ida", null);
        (await _host.SendAsync(HttpMethod.Delete, Gallery + "/people/ida", null)).Status.ShouldBe(204);
        (await _host.GetAsync(Gallery + "/people/ada")).TryGetProperty("differentFrom", out _).ShouldBeFalse();
    }

    private Task<(int Status, JsonElement Body)> PolicyAsync(string enrolment) => _host.PutAsync(Gallery, GatewayHost.Json("{\"policy\":{\"enrolment\":" + enrolment + "}}"));

    private Task<(int Status, JsonElement Body)> EnrolAsync(string person, float[] face, string query = "") =>
        _host.PostAsync($"{Gallery}/people/{person}/faces{query}", GatewayHost.Json(JsonSerializer.Serialize(new { embedding = face })));

    private float[] Turned(float[] face)
    {
        float[] noise = GridCluster.RandomUnit(_random);
        return GridCluster.Unit([.. face.Zip(noise, (a, b) => a + (0.2f * b))]);
    }
}
