using System.Text.Json;
using FaceGrid.Abstractions.Cluster;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Gateway;

/// <summary>
/// Goal: where a live face is required nothing else ever counts as one, and what was held up learns nothing. Method: a fake embedder that judges faces as its picture says, in front of it the whole gateway.
/// </summary>
public sealed class PadTests : IAsyncLifetime
{
    private const string Gallery = "/v1/galleries/default";
    private const string Ada = Gallery + "/people/ada";
    private const string Spoof = "faces:1 spoof:1";
    private const string Vector = """{"embedding":[1,0,0,0]}""";

    private GatewayHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await GatewayHost.StartAsync();
        _host.Grid.Judges.Add("node-1");
        (await _host.PostAsync(Ada + "/faces", GatewayHost.Picture())).Status.ShouldBe(201);
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Liveness_IsReportedUnlessItIsOff()
    {
        foreach (string path in new[] { "/v1/detect", "/v1/embed", Gallery + "/identify" })
        {
            JsonElement face = (await OkAsync(path, Spoof)).GetProperty("faces")[0];
            JsonElement liveness = face.GetProperty("liveness");
            liveness.GetProperty("live").GetSingle().ShouldBe(0.1f);
            liveness.GetProperty("threshold").GetSingle().ShouldBe(0.5f);
            liveness.GetProperty("decision").GetString().ShouldBe("spoof");
            liveness.GetProperty("models")[0].GetString().ShouldBe("fake-pad");
            (await OkAsync(path + "?pad=off", Spoof)).GetProperty("faces")[0].TryGetProperty("liveness", out _).ShouldBeFalse();
        }

        JsonElement verified = await OkAsync(Ada + "/verify", Spoof);
        verified.GetProperty("match").GetBoolean().ShouldBeTrue("it is reported, and decides nothing");
        verified.GetProperty("liveness").GetProperty("decision").GetString().ShouldBe("spoof");
        (await _host.PostAsync(Ada + "/faces", GatewayHost.Picture(Spoof))).Body.GetProperty("liveness").GetProperty("decision").GetString().ShouldBe("spoof");
    }

    [Fact]
    public async Task Verify_SpoofWhereALiveFaceIsRequired_IsNoMatchAndTellsNoDistance()
    {
        await RequireAsync("verify");

        JsonElement spoof = await OkAsync(Ada + "/verify", Spoof);
        spoof.GetProperty("match").GetBoolean().ShouldBeFalse();
        spoof.GetProperty("reason").GetString().ShouldBe("presentation-attack");
        spoof.TryGetProperty("distance", out _).ShouldBeFalse();
        spoof.TryGetProperty("face", out _).ShouldBeFalse();

        JsonElement live = await OkAsync(Ada + "/verify", "faces:1");
        live.GetProperty("match").GetBoolean().ShouldBeTrue();
        live.TryGetProperty("reason", out _).ShouldBeFalse();
        (await _host.PostAsync(Gallery + "/people/nobody/verify", GatewayHost.Picture(Spoof))).Status.ShouldBe(404);
    }

    [Fact]
    public async Task Identify_SpoofsWhereALiveFaceIsRequired_AreNotSearchedFor()
    {
        await RequireAsync("identify");

        JsonElement[] faces = [.. (await OkAsync(Gallery + "/identify", "faces:2 spoof:1")).GetProperty("faces").EnumerateArray()];
        faces.Select(face => face.GetProperty("decision").GetString()).ShouldBe(["spoof", "unknown"]);
        faces[0].GetProperty("person").ValueKind.ShouldBe(JsonValueKind.Null);
        faces[0].GetProperty("candidates").GetArrayLength().ShouldBe(0);
        faces[1].GetProperty("candidates").GetArrayLength().ShouldBe(1);
        _host.Grid.Questions.ShouldHaveSingleItem().Probes.Length.ShouldBe(1);

        JsonElement all = await OkAsync(Gallery + "/identify", Spoof);
        all.GetProperty("faces")[0].GetProperty("decision").GetString().ShouldBe("spoof");
        _host.Grid.Questions.Count.ShouldBe(1, "with spoofs only nobody needs to be asked");
        (await OkAsync(Gallery + "/identify", "small")).GetProperty("faces")[0].GetProperty("decision").GetString().ShouldBe("unknown");
    }

    [Fact]
    public async Task Enrol_SpoofWhereALiveFaceIsRequired_IsRefused()
    {
        await RequireAsync("enrol");
        int writes = _host.Grid.Writes.Count;

        (await ProblemAsync(Ada + "/faces", GatewayHost.Picture(Spoof))).ShouldBe((422, "presentation-attack"));
        _host.Grid.Writes.Count.ShouldBe(writes);
        (await _host.PostAsync(Ada + "/faces", GatewayHost.Picture("faces:1 live"))).Status.ShouldBe(201);
    }

    [Fact]
    public async Task Embeddings_WhereALiveFaceIsRequired_AreRefused()
    {
        (await _host.PutAsync(Gallery, GatewayHost.Json("""{"policy":{"pad":{"verify":"require","identify":"require","enrol":"require"}}}"""))).Status.ShouldBe(200);
        int writes = _host.Grid.Writes.Count;

        (await ProblemAsync(Ada + "/verify", GatewayHost.Json(Vector))).ShouldBe((422, "picture-required"));
        (await ProblemAsync(Ada + "/faces", GatewayHost.Json(Vector))).ShouldBe((422, "picture-required"));
        (await ProblemAsync(Gallery + "/identify", GatewayHost.Json("""{"embeddings":[[1,0,0,0]]}"""))).ShouldBe((422, "picture-required"));
        (await _host.PutAsync(Ada, GatewayHost.Json("""{"faces":[{"embedding":[0,1,0,0]}]}"""))).Body.GetProperty("code").GetString().ShouldBe("picture-required");
        (_, JsonElement bulk) = await _host.PostAsync(Gallery + "/people", GatewayHost.Json("""{"people":[{"id":"a","faces":[{"embedding":[0,1,0,0]}]},{"id":"b","name":"B"}]}"""));
        bulk.GetProperty("results").EnumerateArray().Select(result => result.GetProperty("status").GetInt32()).ShouldBe([422, 201]);
        _host.Grid.Writes.Count.ShouldBe(writes + 1, "a write without faces is none of the policy's business");
        (await _host.PutAsync(Ada, GatewayHost.Json("""{"name":"Ada"}"""))).Status.ShouldBe(200);
    }

    [Fact]
    public async Task NobodyCanTell_WhereALiveFaceIsRequired_IsAnErrorAndNeverLive()
    {
        _host.Grid.Judges.Clear();
        await RequireAsync("verify");

        (await ProblemAsync(Ada + "/verify", GatewayHost.Picture())).ShouldBe((503, "pad-unavailable"));
        (await ProblemAsync("/v1/detect?pad=require", GatewayHost.Picture())).ShouldBe((503, "pad-unavailable"));
        (await OkAsync(Gallery + "/identify", "faces:1")).GetProperty("faces")[0].TryGetProperty("liveness", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task SomeNodesCanTell_WhereALiveFaceIsRequired_OneOfThemIsFound()
    {
        _host.Grid.Nodes.Add(new NodeInfo("node-2", "two", ["embedder"]));
        // The gateway lets its list of nodes be a second old, and asks either node first, so one that cannot tell is asked sooner or later.
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!_host.Grid.EmbedderCalls.Contains("node-2"))
        {
            limit.Token.ThrowIfCancellationRequested();
            (await OkAsync("/v1/detect?pad=require", "faces:1")).GetProperty("faces")[0].GetProperty("liveness").GetProperty("decision").GetString().ShouldBe("live");
        }
    }

    [Theory]
    [InlineData(null, null, false)]
    [InlineData(null, "require", true)]
    [InlineData("off", "require", true)]
    [InlineData("report", "off", false)]
    [InlineData("require", "off", true)]
    [InlineData("require", "report", true)]
    [InlineData("require", null, true)]
    public async Task TheStricterOfGalleryAndRequest_IsInForce(string? gallery, string? request, bool rejects)
    {
        if (gallery is not null)
        {
            await SetAsync("verify", gallery);
        }

        JsonElement verified = await OkAsync(Ada + "/verify" + (request is null ? "" : "?pad=" + request), Spoof);
        verified.GetProperty("match").GetBoolean().ShouldBe(!rejects);
    }

    [Fact]
    public async Task Embed_WhereALiveFaceIsRequired_GivesSpoofsNoVector()
    {
        JsonElement[] faces = [.. (await OkAsync("/v1/embed?pad=require", "faces:2 spoof:1")).GetProperty("faces").EnumerateArray()];
        faces.Select(face => face.TryGetProperty("embedding", out _)).ShouldBe([false, true]);
    }

    [Fact]
    public async Task Policy_IsSetMemberByMember()
    {
        (await _host.PutAsync(Gallery, GatewayHost.Json("""{"policy":{"pad":{"verify":"require"}}}"""))).Status.ShouldBe(200);
        (_, JsonElement second) = await _host.PutAsync(Gallery, GatewayHost.Json("""{"policy":{"pad":{"identify":"off"}}}"""));
        second.GetProperty("policy").GetProperty("pad").GetRawText().ShouldBe("""{"verify":"require","identify":"off"}""");
    }

    [Theory]
    [InlineData("/v1/detect?pad=maybe")]
    [InlineData("/v1/embed?pad=Require")]
    [InlineData(Gallery + "/identify?pad=1")]
    [InlineData(Ada + "/verify?pad=on")]
    [InlineData(Ada + "/faces?pad=on")]
    public async Task AnUnknownPolicy_IsRefused(string path) => (await ProblemAsync(path, GatewayHost.Picture())).ShouldBe((400, "invalid-parameter"));

    [Fact]
    public async Task TheOpenApiDocument_HasTheParameterAndThePolicy()
    {
        JsonElement document = await _host.GetAsync("/openapi/v1.json");
        foreach (string path in new[] { "/v1/detect", "/v1/embed", "/v1/galleries/{gallery}/identify", "/v1/galleries/{gallery}/people/{person}/verify", "/v1/galleries/{gallery}/people/{person}/faces" })
        {
            document.GetProperty("paths").GetProperty(path).GetProperty("post").GetProperty("parameters").EnumerateArray()
                .ShouldContain(parameter => parameter.GetProperty("name").GetString() == "pad" && parameter.GetProperty("in").GetString() == "query", path);
        }

        document.GetProperty("components").GetProperty("schemas").EnumerateObject().Select(schema => schema.Name).ShouldContain("PadPolicyBody");
        document.GetProperty("components").GetProperty("schemas").EnumerateObject().Select(schema => schema.Name).ShouldContain("Liveness");
    }

    [Fact]
    public async Task Compare_AskedAboutLiveness_SaysThatItDoesNotLook() =>
        (await ProblemAsync("/v1/compare?pad=require", GatewayHost.Json("""{"a":[1,0,0,0],"b":[1,0,0,0]}"""))).ShouldBe((400, "invalid-parameter"));

    [Theory]
    [InlineData("""{"policy":{"pad":{"verify":"sometimes"}}}""", "invalid-parameter")]
    [InlineData("""{"policy":{"pad":{"verify":2}}}""", "invalid-json")]
    [InlineData("""{"policy":{"pad":"require"}}""", "invalid-json")]
    [InlineData("""{"policy":{"pad":{"compare":"off"}}}""", "invalid-json")]
    public async Task AnUnknownPolicyOfAGallery_IsRefused(string json, string code) =>
        (await _host.PutAsync(Gallery, GatewayHost.Json(json))).Body.GetProperty("code").GetString().ShouldBe(code);

    private Task RequireAsync(string question) => SetAsync(question, "require");

    private async Task SetAsync(string question, string policy) =>
        (await _host.PutAsync(Gallery, GatewayHost.Json($$$$"""{"policy":{"pad":{"{{{{question}}}}":"{{{{policy}}}}"}}}"""))).Status.ShouldBe(200);

    private async Task<JsonElement> OkAsync(string path, string words)
    {
        (int status, JsonElement body) = await _host.PostAsync(path, GatewayHost.Picture(words));
        status.ShouldBe(200, body.ToString());
        return body;
    }

    private async Task<(int Status, string? Code)> ProblemAsync(string path, HttpContent content)
    {
        (int status, JsonElement body) = await _host.PostAsync(path, content);
        return (status, body.TryGetProperty("code", out JsonElement code) ? code.GetString() : null);
    }
}
