using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using FaceGrid.Abstractions.Embedding;
using Microsoft.Extensions.Logging;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Gateway;

/// <summary>What callers do all day, and the shapes that they get back.</summary>
public sealed class FlowTests : IAsyncLifetime
{
    private const string Ada = "/v1/galleries/default/people/ada";

    private GatewayHost _host = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _host = await GatewayHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Enrol_Picture_Is201ThenOk()
    {
        (int status, JsonElement first) = await _host.PostAsync(Ada + "/faces", GatewayHost.Picture());
        status.ShouldBe(201);
        Members(first).ShouldBe(["person", "face", "created", "searchable", "revision", "box", "quality"]);
        first.GetProperty("face").GetString().ShouldBe(Convert.ToHexStringLower(SHA256.HashData("faces:1"u8))[..32]);
        first.GetProperty("created").GetBoolean().ShouldBeTrue();
        Members(first.GetProperty("box")).ShouldBe(["x", "y", "width", "height"]);
        Members(first.GetProperty("quality")).ShouldBe(["eyeDistance", "sharpness", "brightness", "contrast", "yaw", "pitch", "roll"]);

        await Task.Delay(5, Cancel);
        (status, JsonElement second) = await _host.PostAsync(Ada + "/faces", GatewayHost.Picture());
        status.ShouldBe(200);
        second.GetProperty("created").GetBoolean().ShouldBeFalse();

        (status, _) = await _host.PostAsync(Ada + "/faces", GatewayHost.Picture("faces:1 again"));
        status.ShouldBe(201, "another picture is a new face of the same person");
    }

    [Fact]
    public async Task Enrol_NotSearchable_Is202()
    {
        _host.Grid.Searchable = false;
        (int status, JsonElement body) = await _host.PostAsync(Ada + "/faces", GatewayHost.Picture());
        status.ShouldBe(202);
        body.GetProperty("searchable").GetBoolean().ShouldBeFalse();
        (await _host.PutAsync(Ada, GatewayHost.Json("{}"))).Status.ShouldBe(202);
    }

    [Fact]
    public async Task Enrol_PasserBy_DoesNotSpoilThePortrait() =>
        (await _host.PostAsync(Ada + "/faces", GatewayHost.Picture("passer-by"))).Status.ShouldBe(201);

    [Theory]
    [InlineData("[1,0,0,0]")]
    [InlineData("\"AACAPwAAAAAAAAAAAAAAAA==\"")]
    public async Task Enrol_Embedding_ArrayAndBase64AreOne(string embedding)
    {
        (int status, JsonElement body) = await _host.PostAsync(Ada + "/faces", GatewayHost.Json($$"""{"embedding":{{embedding}},"contract":"fake-4"}"""));
        status.ShouldBe(201);
        Members(body).ShouldBe(["person", "face", "created", "searchable", "revision"]);
        body.GetProperty("face").GetString().ShouldBe(Convert.ToHexStringLower(SHA256.HashData(Vectors.ToBytes([1, 0, 0, 0])))[..32]);
    }

    [Fact]
    public async Task Multipart_FirstFileIsThePicture()
    {
        using var form = new MultipartFormDataContent { { new StringContent("ignored"), "note" }, { GatewayHost.Picture(), "picture", "ada.jpg" } };
        (int status, JsonElement body) = await _host.PostAsync(Ada + "/faces", form);
        status.ShouldBe(201);
        body.GetProperty("face").GetString().ShouldBe(Convert.ToHexStringLower(SHA256.HashData("faces:1"u8))[..32]);
    }

    [Fact]
    public async Task Person_PutGetListDelete()
    {
        (int status, JsonElement person) = await _host.PutAsync(
            Ada, GatewayHost.Json("""{"name":"Ada Lovelace","labels":{"team":"engines"},"faces":[{"embedding":[0,2,0,0],"id":"0123456789abcdef0123456789abcdef","enrolledAt":"2026-01-02T03:04:05Z"}]}"""));
        status.ShouldBe(201);
        Members(person).ShouldBe(["id", "name", "labels", "revision", "contract", "faces"]);
        Members(person.GetProperty("faces")[0]).ShouldBe(["id", "enrolledAt"]);
        (await _host.PutAsync(Ada, GatewayHost.Json("""{"labels":{}}"""))).Status.ShouldBe(200);

        JsonElement read = await _host.GetAsync(Ada + "?embeddings=true");
        read.GetProperty("name").GetString().ShouldBe("Ada Lovelace");
        Vectors.FromBytes(read.GetProperty("faces")[0].GetProperty("embedding").GetBytesFromBase64()).ShouldBe([0, 1, 0, 0]);
        read.GetProperty("faces")[0].GetProperty("enrolledAt").GetDateTimeOffset().ShouldBe(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));

        await _host.PutAsync("/v1/galleries/default/people/bob", GatewayHost.Json("{}"));
        JsonElement page = await _host.GetAsync("/v1/galleries/default/people?limit=1");
        (page.GetProperty("people").GetArrayLength(), page.GetProperty("next").GetString()).ShouldBe((1, "ada"));
        page = await _host.GetAsync("/v1/galleries/default/people?limit=1&after=ada");
        page.GetProperty("next").ValueKind.ShouldBe(JsonValueKind.Null);
        page = await _host.GetAsync("/v1/galleries/default/people?name=love");
        page.GetProperty("people")[0].GetProperty("id").GetString().ShouldBe("ada");

        (await _host.SendAsync(HttpMethod.Delete, Ada + "/faces/0123456789abcdef0123456789abcdef", null)).Status.ShouldBe(204);
        (await _host.SendAsync(HttpMethod.Delete, Ada, null)).Status.ShouldBe(204);
        (await _host.SendAsync(HttpMethod.Delete, Ada, null)).Status.ShouldBe(204, "also when there was none");
        _host.Log.Lines.ShouldNotContain(line => line.Text.Contains("Lovelace", StringComparison.OrdinalIgnoreCase) || line.Text.Contains("name=love", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Gallery_PutGetListDelete()
    {
        (int status, JsonElement gallery) = await _host.PutAsync("/v1/galleries/staff", null);
        status.ShouldBe(201);
        Members(gallery).ShouldBe(["id", "contract", "verify", "identify", "shards", "growing", "createdAt"]);
        (await _host.PutAsync("/v1/galleries/staff", GatewayHost.Json("""{"verifyThreshold":0.9}"""))).Status.ShouldBe(200);
        gallery = await _host.GetAsync("/v1/galleries/staff");
        Members(gallery).ShouldBe(["id", "contract", "verify", "identify", "shards", "growing", "people", "faces", "createdAt"]);
        gallery.GetProperty("shards").GetInt32().ShouldBe(4);
        Members(gallery.GetProperty("verify")).ShouldBe(["distance", "origin", "falseMatchRate"]);
        (await _host.GetAsync("/v1/galleries")).GetProperty("galleries").GetArrayLength().ShouldBe(2);
        (await _host.SendAsync(HttpMethod.Delete, "/v1/galleries/staff", null)).Status.ShouldBe(204);
        (await _host.SendAsync(HttpMethod.Delete, "/v1/galleries/staff", null)).Status.ShouldBe(204);
    }

    /// <summary>A gateway keeps copies of policies for a second, but not past a change by a caller of its own.</summary>
    [Fact]
    public async Task Gallery_DeletedAndMadeAgainElsewhere_HasNothingOfTheOldPolicy()
    {
        await _host.PutAsync("/v1/galleries/staff", GatewayHost.Json("""{"policy":{"pad":{"enrol":"require"}}}"""));
        (await _host.PostAsync("/v1/galleries/staff/people/ada/faces", GatewayHost.Json("""{"embedding":[1,0,0,0]}"""))).Status.ShouldBe(422);
        await _host.SendAsync(HttpMethod.Delete, "/v1/galleries/staff", null);
        _host.Grid.Pads.Clear();
        _host.Grid.Galleries["staff"] = new();
        (await _host.PostAsync("/v1/galleries/staff/people/ada/faces", GatewayHost.Json("""{"embedding":[1,0,0,0]}"""))).Status.ShouldBe(201);
    }

    [Fact]
    public async Task Bulk_EachPersonHasTheirOwnOutcome()
    {
        await _host.PutAsync(Ada, GatewayHost.Json("{}"));
        (int status, JsonElement body) = await _host.PostAsync("/v1/galleries/default/people", GatewayHost.Json("""
            {"people":[
              {"id":"bob","faces":[{"embedding":[1,0,0,0]}]},
              {"id":"ada","faces":[{"embedding":[0,1,0,0]}]},
              {"id":"b b"},
              {"id":"eve","faces":[{"embedding":[1,0]}]},
              {"name":"nobody"},
              null,
              {"id":"bob","faces":[{"embedding":[1,0,0,0]}]}]}
            """));
        status.ShouldBe(200);
        JsonElement[] results = [.. body.GetProperty("results").EnumerateArray()];
        results.Select(result => result.GetProperty("status").GetInt32()).ShouldBe([201, 200, 400, 422, 400, 400, 200]);
        results.Select(result => result.GetProperty("code").GetString()).ShouldBe([null, null, "invalid-person-id", "wrong-dimension", "invalid-person-id", "invalid-person-id", null]);
        Members(results[0]).ShouldBe(["id", "status", "code", "detail"]);
        _host.Grid.Writes.Skip(1).ShouldAllBe(write => write.Bulk);

        string many = string.Join(',', Enumerable.Range(0, 1001).Select(index => $$"""{"id":"p{{index}}"}"""));
        (status, JsonElement problem) = await _host.PostAsync("/v1/galleries/default/people", GatewayHost.Json($$"""{"people":[{{many}}]}"""));
        (status, problem.GetProperty("code").GetString()).ShouldBe((400, "invalid-parameter"));
    }

    /// <summary>The answer promises that the log has it.</summary>
    [Fact]
    public async Task Bulk_WhatShouldNotHappen_IsInTheLogUnderTheRequestsId()
    {
        _host.Grid.Before = static (call, _) => call == "Person.Write" ? throw new NotSupportedException("a mistake of ours") : Task.CompletedTask;
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/galleries/default/people") { Content = GatewayHost.Json("""{"people":[{"id":"ada"}]}""") };
        request.Headers.Add("X-Request-Id", "bulk-1");
        using HttpResponseMessage answer = await _host.Client.SendAsync(request, Cancel);
        string text = await answer.Content.ReadAsStringAsync(Cancel);
        text.ShouldContain("\"status\":500,\"code\":\"internal\"");
        text.ShouldNotContain("mistake");
        _host.Log.Lines.ShouldContain(line => line.Level == LogLevel.Error && line.Text.Contains("bulk-1", StringComparison.Ordinal) && line.Text.Contains("a mistake of ours", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Verify_PictureAndEmbedding()
    {
        await _host.PostAsync(Ada + "/faces", GatewayHost.Picture());
        (int status, JsonElement verified) = await _host.PostAsync(Ada + "/verify", GatewayHost.Picture("faces:1 other"));
        status.ShouldBe(200);
        Members(verified).ShouldBe(["match", "distance", "face", "threshold", "box"]);
        verified.GetProperty("match").GetBoolean().ShouldBeTrue();
        (_, verified) = await _host.PostAsync(Ada + "/verify", GatewayHost.Json("""{"embedding":[0,1,0,0]}"""));
        verified.GetProperty("match").GetBoolean().ShouldBeFalse();
        Members(verified).ShouldNotContain("box");
    }

    [Fact]
    public async Task Identify_Picture_EveryFaceHasItsDecision()
    {
        await _host.PostAsync(Ada + "/faces", GatewayHost.Picture());
        (int status, JsonElement body) = await _host.PostAsync("/v1/galleries/default/identify?limit=3", GatewayHost.Picture("faces:2"));
        status.ShouldBe(200);
        Members(body).ShouldBe(["faces", "threshold", "people", "complete", "shards"]);
        JsonElement face = body.GetProperty("faces")[0];
        Members(face).ShouldBe(["box", "confidence", "quality", "decision", "person", "candidates"]);
        (face.GetProperty("decision").GetString(), face.GetProperty("person").GetString()).ShouldBe(("match", "ada"));
        Members(face.GetProperty("candidates")[0]).ShouldBe(["person", "face", "distance"]);
        face = body.GetProperty("faces")[1];
        (face.GetProperty("decision").GetString(), face.GetProperty("person").GetString()).ShouldBe(("unknown", null));
        face.GetProperty("candidates").GetArrayLength().ShouldBe(1, "candidates may lie above the threshold");
        _host.Grid.Questions.Single().Limit.ShouldBe(3);
        body.GetProperty("shards").GetProperty("asked").GetInt32().ShouldBe(4);
    }

    [Fact]
    public async Task Identify_Embeddings_HaveNoBox()
    {
        await _host.PostAsync(Ada + "/faces", GatewayHost.Picture());
        (int status, JsonElement body) = await _host.PostAsync(
            "/v1/galleries/default/identify?threshold=0.5", GatewayHost.Json("""{"embeddings":[[1,0,0,0],"AAAAAAAAgD8AAAAAAAAAAA=="],"contract":"fake-4"}"""));
        status.ShouldBe(200);
        Members(body.GetProperty("faces")[0]).ShouldBe(["decision", "person", "candidates"]);
        body.GetProperty("faces").EnumerateArray().Select(face => face.GetProperty("decision").GetString()).ShouldBe(["match", "unknown"]);
        _host.Grid.Questions.Single().Threshold.ShouldBe(0.5f);
    }

    [Fact]
    public async Task Identify_PictureWithoutFace_IsAnEmptyAnswer()
    {
        (int status, JsonElement body) = await _host.PostAsync("/v1/galleries/default/identify", GatewayHost.Picture("faces:0"));
        status.ShouldBe(200);
        body.GetProperty("faces").GetArrayLength().ShouldBe(0);
        body.GetProperty("complete").GetBoolean().ShouldBeTrue();
        (await _host.PostAsync("/v1/galleries/none/identify", GatewayHost.Picture("faces:0"))).Status.ShouldBe(404);
    }

    [Fact]
    public async Task Identify_ShardsMissing_IsRefusedOrLabelled()
    {
        _host.Grid.ShardsAnswered = 3;
        (int status, JsonElement body) = await _host.PostAsync("/v1/galleries/default/identify", GatewayHost.Picture());
        (status, body.GetProperty("code").GetString()).ShouldBe((503, "shards-missing"));
        (status, body) = await _host.PostAsync("/v1/galleries/default/identify?partial=true", GatewayHost.Picture());
        status.ShouldBe(200);
        body.GetProperty("complete").GetBoolean().ShouldBeFalse();
        body.GetProperty("shards").GetProperty("answered").GetInt32().ShouldBe(3);
    }

    [Fact]
    public async Task DetectAndEmbed()
    {
        (_, JsonElement detected) = await _host.PostAsync("/v1/detect", GatewayHost.Picture("faces:2", "application/octet-stream"));
        Members(detected).ShouldBe(["width", "height", "faces"]);
        Members(detected.GetProperty("faces")[0]).ShouldBe(["box", "landmarks", "confidence", "quality"]);
        detected.GetProperty("faces")[0].GetProperty("landmarks").EnumerateArray().Select(point => point.GetArrayLength()).ShouldBe([2, 2, 2, 2, 2]);
        (_, JsonElement embedded) = await _host.PostAsync("/v1/embed", GatewayHost.Picture());
        Members(embedded).ShouldBe(["width", "height", "contract", "faces"]);
        embedded.GetProperty("faces")[0].GetProperty("embedding").GetBytesFromBase64().Length.ShouldBe(16);
    }

    [Fact]
    public async Task Compare_PicturesAndEmbeddings()
    {
        using var form = new MultipartFormDataContent { { GatewayHost.Picture(), "a", "a.jpg" }, { GatewayHost.Picture("faces:1 b"), "b", "b.jpg" } };
        (int status, JsonElement body) = await _host.PostAsync("/v1/compare", form);
        status.ShouldBe(200);
        Members(body).ShouldBe(["match", "distance", "threshold"]);
        (body.GetProperty("match").GetBoolean(), body.GetProperty("distance").GetDouble()).ShouldBe((true, 0));
        (_, body) = await _host.PostAsync("/v1/compare", GatewayHost.Json("""{"a":[1,0,0,0],"b":[-3,0,0,0]}"""));
        (body.GetProperty("match").GetBoolean(), body.GetProperty("distance").GetDouble()).ShouldBe((false, 2));
        (_, body) = await _host.PostAsync("/v1/compare", GatewayHost.Json("""{"a":[1,0],"b":[1,0]}"""));
        (body.GetProperty("match").GetBoolean(), body.GetProperty("threshold").GetProperty("origin").GetString()).ShouldBe((false, "none"));
        using var half = new MultipartFormDataContent { { GatewayHost.Picture(), "a", "a.jpg" } };
        (await _host.PostAsync("/v1/compare", half)).Status.ShouldBe(400);
    }

    [Fact]
    public async Task Health_ReadyFollowsTheGrid()
    {
        (await _host.SendAsync(HttpMethod.Get, "/health/live", null)).Status.ShouldBe(200);
        (await _host.SendAsync(HttpMethod.Get, "/health/ready", null)).Status.ShouldBe(200);
        _host.Grid.Galleries.TryRemove("default", out _);
        (await _host.SendAsync(HttpMethod.Get, "/health/ready", null)).Status.ShouldBe(200, "no gallery is the grid's health");
        _host.Grid.Before = (_, _) => throw new Orleans.Runtime.SiloUnavailableException("gone");
        (await _host.SendAsync(HttpMethod.Get, "/health/ready", null)).Status.ShouldBe(503);
        (await _host.SendAsync(HttpMethod.Get, "/health/live", null)).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Pages_LoadNothingFromElsewhere()
    {
        foreach (string path in (string[])["/", "/docs/"])
        {
            using HttpResponseMessage response = await _host.Client.GetAsync(path, Cancel);
            response.StatusCode.ShouldBe(HttpStatusCode.OK);
            response.Content.Headers.ContentType!.MediaType.ShouldBe("text/html");
            string html = await response.Content.ReadAsStringAsync(Cancel);
            html.ShouldNotMatch("(src|href)=\"(https?:)?//");
            html.ShouldNotContain("cdn.");
            response.Headers.GetValues("Content-Security-Policy").Single().ShouldContain("default-src 'none'");
        }

        (await _host.Client.GetStringAsync("/docs/scalar.js", Cancel)).Length.ShouldBeGreaterThan(100_000);
    }

    [Fact]
    public async Task Metrics_CountWhatTheGatewayDid()
    {
        await _host.PostAsync(Ada + "/faces", GatewayHost.Picture());
        await _host.PostAsync("/v1/galleries/default/identify", GatewayHost.Picture("faces:2"));
        string text = await _host.Client.GetStringAsync("/metrics", Cancel);
        text.ShouldContain("facegrid_gateway_enrolled");
        text.ShouldContain("decision=\"match\"");
        text.ShouldContain("http_server_request_duration");
        text.ShouldContain("dotnet_");
    }

    [Theory]
    [InlineData("wide:300,90,40", "", 0)]
    [InlineData("wide:300,90,40", "?face=2", 2)]
    [InlineData("wide:120,90,40", "?face=main", 0)]
    [InlineData("faces:1", "?face=only", null)]
    public async Task EnrolVerifyCompare_TakeTheFaceThatIsMeant(string picture, string query, int? face)
    {
        (int status, JsonElement enrolled) = await _host.PostAsync(Ada + "/faces" + query, GatewayHost.Picture(picture));
        status.ShouldBe(201);
        (_, JsonElement verified) = await _host.PostAsync(Ada + "/verify" + query, GatewayHost.Picture(picture));
        foreach (JsonElement answer in new[] { enrolled, verified })
        {
            answer.TryGetProperty("chosen", out JsonElement chosen).ShouldBe(face is not null);
            if (face is not null)
            {
                chosen.GetProperty("face").GetInt32().ShouldBe(face.Value);
                chosen.GetProperty("faces").GetInt32().ShouldBe(3);
                answer.GetProperty("box").GetProperty("width").GetSingle().ShouldBe(float.Parse(picture[5..].Split(',')[face.Value]));
            }
        }
    }

    [Theory]
    [InlineData("wide:120,90", "", 422, "several-faces")]
    [InlineData("wide:300,90", "?face=only", 422, "several-faces")]
    [InlineData("wide:300,90", "?face=2", 400, "invalid-parameter")]
    [InlineData("wide:300,90", "?face=-1", 400, "invalid-parameter")]
    [InlineData("wide:300,90", "?face=largest", 400, "invalid-parameter")]
    [InlineData("passer-by", "?face=1", 422, "face-too-small")]
    public async Task Enrol_WithoutAClearFace_IsRefused(string picture, string query, int status, string code)
    {
        (int answered, JsonElement problem) = await _host.PostAsync(Ada + "/faces" + query, GatewayHost.Picture(picture));
        (answered, problem.GetProperty("code").GetString()).ShouldBe((status, code));
        if (code == "several-faces")
        {
            problem.GetProperty("faces").EnumerateArray().Select(one => (one.GetProperty("face").GetInt32(), one.GetProperty("box").GetProperty("width").GetSingle()))
                .ShouldBe(picture[5..].Split(',').Select((wide, index) => (index, float.Parse(wide))));
        }
    }

    [Fact]
    public async Task TurnedPicture_SaysSo()
    {
        foreach (string path in new[] { "/v1/detect", "/v1/embed", Ada + "/faces", Ada + "/verify", "/v1/galleries/default/identify" })
        {
            (_, JsonElement answer) = await _host.PostAsync(path, GatewayHost.Picture("turned"));
            answer.GetProperty("turned").GetInt32().ShouldBe(90, path);
        }

        (await _host.PostAsync("/v1/detect", GatewayHost.Picture())).Body.TryGetProperty("turned", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task Cluster_IsDescribed() =>
        Members(await _host.GetAsync("/v1/cluster")).ShouldBe(["nodes", "shards", "embedders", "searchKernel"]);

    private static string[] Members(JsonElement element) => [.. element.EnumerateObject().Select(member => member.Name)];
}
