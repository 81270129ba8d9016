using System.Net;
using System.Text.Json;
using FaceGrid.Abstractions.Cluster;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.People;
using Orleans.Storage;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Gateway;

/// <summary>Every code of the problem table, as a caller meets it.</summary>
public sealed class ProblemTests(ProblemTests.Fixture fixture) : IClassFixture<ProblemTests.Fixture>
{
    private const string Ada = "/v1/galleries/default/people/ada";
    private const string Unit = "[1,0,0,0]";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string, string, string, string?, int, string> JsonCases => new()
    {
        { "POST", Ada + "/verify", "application/json", "", 400, "empty-body" },
        { "PUT", Ada, "application/json", "{", 400, "invalid-json" },
        { "PUT", Ada, "application/json", "null", 400, "invalid-json" },
        { "PUT", Ada, "application/json", """{"nome":"x"}""", 400, "invalid-json" },
        { "PUT", Ada, "application/json", """{"name":"x","name":"y"}""", 400, "invalid-json" },
        { "PUT", Ada, "application/json", """{"name":5}""", 400, "invalid-json" },
        { "PUT", Ada, "application/json", """{"faces":[{"embedding":"***"}]}""", 400, "invalid-json" },
        { "PUT", Ada, "application/json", """{"faces":[{"embedding":[1,NaN]}]}""", 400, "invalid-json" },
        { "PUT", Ada, "application/json", """{"faces":[null]}""", 400, "invalid-json" },
        { "PUT", Ada, "application/json", """{"faces":[{"embedding":[1,0,0,0],"id":"XYZ"}]}""", 400, "invalid-parameter" },
        { "PUT", Ada, "application/json", """{"id":"eve"}""", 400, "invalid-parameter" },
        { "PUT", Ada, "application/json", """{"labels":{"a":null}}""", 400, "invalid-parameter" },
        { "PUT", Ada, "text/plain", "{}", 415, "unsupported-media-type" },
        { "POST", Ada + "/verify", "application/json", "{}", 400, "invalid-json" },
        { "POST", Ada + "/verify", "application/json", """{"embedding":[1,0]}""", 422, "wrong-dimension" },
        { "POST", Ada + "/verify", "application/json", """{"embedding":"AAA="}""", 422, "wrong-dimension" },
        { "POST", Ada + "/verify", "application/json", """{"embedding":[1,"NaN",0,0]}""", 422, "not-finite" },
        { "POST", Ada + "/verify", "application/json", """{"embedding":[1,"-Infinity",0,0]}""", 422, "not-finite" },
        { "POST", Ada + "/verify", "application/json", """{"embedding":[1e60,0,0,0]}""", 422, "not-finite" },
        { "POST", Ada + "/verify", "application/json", """{"embedding":[0,0,0,0]}""", 422, "zero-norm" },
        { "POST", Ada + "/verify", "application/json", $$"""{"embedding":{{Unit}},"contract":"other"}""", 409, "contract-mismatch" },
        { "POST", Ada + "/verify", "application/json", $$"""{"embedding":{{Unit}},"contract":"unknown"}""", 409, "contract-unknown" },
        { "POST", "/v1/galleries/default/people/nobody/verify", "application/json", $$"""{"embedding":{{Unit}}}""", 404, "person-not-found" },
        { "POST", "/v1/galleries/none/people/ada/verify", "application/json", $$"""{"embedding":{{Unit}}}""", 404, "gallery-not-found" },
        { "POST", "/v1/galleries/none/identify", "application/json", $$"""{"embeddings":[{{Unit}}]}""", 404, "gallery-not-found" },
        { "POST", "/v1/galleries/UPPER/identify", "application/json", $$"""{"embeddings":[{{Unit}}]}""", 400, "invalid-gallery-id" },
        { "POST", "/v1/galleries/default/people/a%20b/verify", "application/json", $$"""{"embedding":{{Unit}}}""", 400, "invalid-person-id" },
        { "POST", "/v1/galleries/default/identify", "application/json", """{"embeddings":[]}""", 400, "invalid-parameter" },
        { "POST", "/v1/galleries/default/identify", "application/json", """{"embeddings":[null]}""", 400, "invalid-json" },
        { "POST", "/v1/galleries/default/identify?limit=0", "application/json", $$"""{"embeddings":[{{Unit}}]}""", 400, "invalid-parameter" },
        { "POST", "/v1/galleries/default/identify?limit=1001", "application/json", $$"""{"embeddings":[{{Unit}}]}""", 400, "invalid-parameter" },
        { "POST", "/v1/galleries/default/identify?limit=many", "application/json", $$"""{"embeddings":[{{Unit}}]}""", 400, "invalid-parameter" },
        { "POST", "/v1/galleries/default/identify?threshold=2.1", "application/json", $$"""{"embeddings":[{{Unit}}]}""", 400, "invalid-parameter" },
        { "POST", "/v1/galleries/default/identify?threshold=NaN", "application/json", $$"""{"embeddings":[{{Unit}}]}""", 400, "invalid-parameter" },
        { "POST", "/v1/galleries/default/identify?partial=maybe", "application/json", $$"""{"embeddings":[{{Unit}}]}""", 400, "invalid-parameter" },
        { "GET", "/v1/galleries/default/people?limit=5000", "", null, 400, "invalid-parameter" },
        { "GET", "/v1/galleries/default/people?after=a%20b", "", null, 400, "invalid-person-id" },
        { "GET", "/v1/galleries/none", "", null, 404, "gallery-not-found" },
        { "GET", "/v1/galleries/default/people/nobody", "", null, 404, "person-not-found" },
        { "GET", "/v1/galleries/none/people", "", null, 404, "gallery-not-found" },
        { "POST", "/v1/galleries/none/people", "application/json", """{"people":[]}""", 404, "gallery-not-found" },
        { "POST", Ada + "/faces/00000000000000000000000000000000/release", "", null, 404, "face-not-found" },
        { "DELETE", Ada + "/faces/zz", "", null, 404, "face-not-found" },
        { "PUT", "/v1/galleries/new", "application/json", """{"verifyThreshold":3}""", 400, "invalid-parameter" },
        { "PUT", "/v1/galleries/new", "application/json", """{"contract":{"id":"x","dimension":7}}""", 400, "invalid-parameter" },
        { "PUT", "/v1/galleries/default", "application/json", """{"contract":{"id":"x","dimension":128}}""", 409, "contract-mismatch" },
        { "POST", "/v1/detect", "image/png", "", 400, "empty-body" },
        { "POST", "/v1/detect", "text/plain", "faces:1", 415, "unsupported-media-type" },
        { "POST", "/v1/detect", "", "faces:1", 415, "unsupported-media-type" },
        { "POST", "/v1/detect", "multipart/form-data", "faces:1", 400, "invalid-parameter" },
        { "POST", "/v1/detect", "multipart/form-data; boundary=b", "--b\r\nContent-Dis", 400, "invalid-parameter" },
        { "POST", "/v1/detect", "multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=f; filename=f\r\n\r\nhalf", 400, "invalid-parameter" },
        { "POST", "/v1/detect", "multipart/form-data; boundary=b", "--b--\r\n", 400, "empty-body" },
        { "POST", "/v1/detect", "image/jpeg", "not-a-picture", 415, "not-a-picture" },
        { "POST", "/v1/detect", "image/jpeg", "corrupt", 422, "corrupt-picture" },
        { "POST", "/v1/detect", "image/jpeg", "pixels", 413, "too-many-pixels" },
        { "POST", Ada + "/faces", "image/jpeg", "faces:0", 422, "no-face" },
        { "POST", Ada + "/faces", "image/jpeg", "faces:2", 422, "several-faces" },
        { "POST", Ada + "/verify", "application/octet-stream", "small", 422, "face-too-small" },
        { "POST", "/v1/compare", "application/json", $$"""{"a":{{Unit}}}""", 400, "invalid-json" },
        { "POST", "/v1/compare", "application/json", $$"""{"a":{{Unit}},"b":[1]}""", 422, "wrong-dimension" },
        { "GET", "/v1/nothing", "", null, 404, "not-found" },
        { "GET", "/nothing", "", null, 404, "not-found" },
        { "PATCH", "/v1/galleries/default", "application/json", "{}", 405, "not-found" },
    };

    [Theory]
    [MemberData(nameof(JsonCases))]
    public async Task Request_AnswersWithItsProblem(string method, string path, string type, string? body, int status, string code)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(System.Text.Encoding.UTF8.GetBytes(body));
            request.Content.Headers.Remove("Content-Type");
            if (type.Length > 0)
            {
                request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
            }
        }

        using HttpResponseMessage response = await fixture.Host.Client.SendAsync(request, Cancel);
        string text = await response.Content.ReadAsStringAsync(Cancel);
        ((int)response.StatusCode).ShouldBe(status, text);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        JsonElement problem = JsonSerializer.Deserialize<JsonElement>(text);
        problem.GetProperty("code").GetString().ShouldBe(code, text);
        problem.GetProperty("type").GetString().ShouldBe("https://facegrid.dev/problems/" + code);
        problem.GetProperty("status").GetInt32().ShouldBe(status);
        problem.GetProperty("title").GetString().ShouldNotBeNullOrEmpty();
        problem.GetProperty("detail").GetString().ShouldNotBeNullOrEmpty();
        problem.GetProperty("requestId").GetString().ShouldBe(response.Headers.GetValues("X-Request-Id").Single());
    }

    [Fact]
    public async Task InvalidJson_NamesThePath()
    {
        (int status, JsonElement problem) = await fixture.Host.PutAsync(Ada, GatewayHost.Json("""{"faces":[{"embedding":[1,2]},{"embedding":[1,"x"]}]}"""));
        status.ShouldBe(400);
        problem.GetProperty("detail").GetString()!.ShouldContain("$.faces[1].embedding");
    }

    [Fact]
    public async Task Person_TooManyFaces_Is409()
    {
        string faces = string.Join(',', Enumerable.Range(1, 9).Select(index => $$"""{"embedding":[{{index}},1,0,0]}"""));
        (int status, JsonElement problem) = await fixture.Host.PutAsync("/v1/galleries/default/people/crowd", GatewayHost.Json($$"""{"faces":[{{faces}}]}"""));
        (status, problem.GetProperty("code").GetString()).ShouldBe((409, "too-many-faces"));
    }

    public static TheoryData<string, int, string> Failures => new()
    {
        { "storage", 503, "storage-unavailable" },
        { "inconsistent", 503, "storage-unavailable" },
        { "timeout", 503, "deadline-exceeded" },
        { "limit", 429, "busy" },
        { "unknown", 500, "internal" },
        { "code", 500, "internal" },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task GrainFailure_AnswersWithItsProblem(string kind, int status, string code)
    {
        await using GatewayHost host = await GatewayHost.StartAsync();
        host.Grid.Before = (call, _) => call != "Person.Get" ? Task.CompletedTask : throw (kind switch
        {
            "storage" => new FaceGridException(ErrorCodes.StorageUnavailable, "Away."),
            "inconsistent" => new InconsistentStateException("secret"),
            "timeout" => new TimeoutException("secret"),
            "limit" => new LimitExceededException("secret"),
            "code" => new FaceGridException("from-the-future", "secret"),
            _ => new InvalidOperationException("secret"),
        });
        using HttpResponseMessage response = await host.Client.GetAsync(Ada, Cancel);
        string text = await response.Content.ReadAsStringAsync(Cancel);
        ((int)response.StatusCode).ShouldBe(status);
        JsonSerializer.Deserialize<JsonElement>(text).GetProperty("code").GetString().ShouldBe(code);
        text.ShouldNotContain("secret");
        (response.Headers.RetryAfter is not null).ShouldBe(status is 429 or 503);
        if (status == 500)
        {
            string requestId = response.Headers.GetValues("X-Request-Id").Single();
            host.Log.Lines.ShouldContain(line => line.Level == Microsoft.Extensions.Logging.LogLevel.Error && line.Text.Contains(requestId, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task TransientFailure_IsRetried()
    {
        await using GatewayHost host = await GatewayHost.StartAsync();
        int calls = 0;
        host.Grid.Before = (call, _) => call == "Person.Write" && Interlocked.Increment(ref calls) <= 2 ? throw new SiloUnavailableException("gone") : Task.CompletedTask;
        (int status, _) = await host.PutAsync(Ada, GatewayHost.Json("{}"));
        status.ShouldBe(201);
        calls.ShouldBe(3);
    }

    [Fact]
    public async Task Identify_ShardsUnreachable_Is503ShardsMissing()
    {
        await using GatewayHost host = await GatewayHost.StartAsync();
        host.Grid.Before = (call, _) => call == "Identify" ? throw new SiloUnavailableException("gone") : Task.CompletedTask;
        (int status, JsonElement problem) = await host.PostAsync("/v1/galleries/default/identify", GatewayHost.Json($$"""{"embeddings":[{{Unit}}]}"""));
        (status, problem.GetProperty("code").GetString()).ShouldBe((503, "shards-missing"));
    }

    [Fact]
    public async Task Grain_HostedNowhere_Is503()
    {
        await using GatewayHost host = await GatewayHost.StartAsync();
        host.Grid.Unhosted = typeof(IPersonGrain);
        (int status, JsonElement problem) = await host.SendAsync(HttpMethod.Get, Ada, null);
        (status, problem.GetProperty("code").GetString()).ShouldBe((503, "deadline-exceeded"));
        host.Grid.Unhosted = typeof(IClusterGrain);
        (await host.SendAsync(HttpMethod.Get, "/health/ready", null)).Status.ShouldBe(503);
    }

    [Fact]
    public async Task RequestId_OfTheCallerIsKept_UnlessItIsOdd()
    {
        using var good = new HttpRequestMessage(HttpMethod.Get, "/health/live") { Headers = { { "X-Request-Id", "trace-42" } } };
        using HttpResponseMessage kept = await fixture.Host.Client.SendAsync(good, Cancel);
        kept.Headers.GetValues("X-Request-Id").Single().ShouldBe("trace-42");
        using var odd = new HttpRequestMessage(HttpMethod.Get, "/health/live");
        odd.Headers.TryAddWithoutValidation("X-Request-Id", "<script>");
        using HttpResponseMessage replaced = await fixture.Host.Client.SendAsync(odd, Cancel);
        replaced.StatusCode.ShouldBe(HttpStatusCode.OK);
        replaced.Headers.GetValues("X-Request-Id").Single().ShouldNotContain("<");
    }

    /// <summary>One host with one person, for the cases that change nothing.</summary>
    public sealed class Fixture : IAsyncLifetime
    {
        public GatewayHost Host { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Host = await GatewayHost.StartAsync();
            await Host.PostAsync(Ada + "/faces", GatewayHost.Picture());
        }

        public ValueTask DisposeAsync() => Host.DisposeAsync();
    }
}
