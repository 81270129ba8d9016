using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using FaceGrid.Abstractions.Cluster;
using FaceGrid.Abstractions.Errors;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Gateway;

/// <summary>Everything has a limit, and past it a clear answer.</summary>
[Collection(GatewayMetrics.Name)]
public sealed class LimitTests
{
    private const string Ada = "/v1/galleries/default/people/ada";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Picture_PastTheLimit_Is413(bool chunked)
    {
        await using GatewayHost host = await GatewayHost.StartAsync(("Gateway:ImageBytesMax", "2048"), ("Gateway:JsonBytesMax", "2048"));
        (await host.PostAsync("/v1/detect", Body(2048, "image/jpeg", chunked))).Status.ShouldBe(200);
        (int status, JsonElement problem) = await host.PostAsync("/v1/detect", Body(2049, "image/jpeg", chunked));
        (status, problem.GetProperty("code").GetString()).ShouldBe((413, "too-many-bytes"));
        (status, problem) = await host.PostAsync(Ada + "/verify", Body(2049, "application/json", chunked));
        (status, problem.GetProperty("code").GetString()).ShouldBe((413, "too-many-bytes"));
        using var form = new MultipartFormDataContent { { Body(2049, "image/jpeg", false), "f", "f.jpg" } };
        (status, problem) = await host.PostAsync("/v1/detect", form);
        (status, problem.GetProperty("code").GetString()).ShouldBe((413, "too-many-bytes"));
    }

    [Theory]
    [InlineData(4096, 10, 200)]
    [InlineData(100, 1000, 200)]
    [InlineData(101, 1000, 400)]
    [InlineData(4096, 1000, 400)]
    public async Task Identify_PastTheCandidatesOfAnAnswer_Is400(int embeddings, int limit, int expected)
    {
        await using GatewayHost host = await GatewayHost.StartAsync();
        string probes = string.Join(',', Enumerable.Repeat("[1,0,0,0]", embeddings));
        (int status, JsonElement body) = await host.PostAsync($"/v1/galleries/default/identify?limit={limit}", GatewayHost.Json($$"""{"embeddings":[{{probes}}]}"""));
        status.ShouldBe(expected);
        if (expected == 200)
        {
            body.GetProperty("faces").GetArrayLength().ShouldBe(embeddings);
            return;
        }

        body.GetProperty("code").GetString().ShouldBe("invalid-parameter");
        body.GetProperty("detail").GetString()!.ShouldContain("more than 100000 candidates");
        host.Grid.Questions.ShouldBeEmpty();
    }

    [Fact]
    public async Task Frames_OfACameraThatIsSilentAtFirst_AreTaken()
    {
        // Goal: how long a stream may be silent is the deadline's to say, not the server's limit of bytes a second. Method: that limit cuts after 1.1 s instead of 5 s, a beat of the server (1 s) later at most; the first frame comes after both.
        await using GatewayHost host = await GatewayHost.StartAsync();
        host.App.Services.GetRequiredService<IOptions<KestrelServerOptions>>().Value.Limits.MinRequestBodyDataRate = new MinDataRate(240, TimeSpan.FromSeconds(1.1));
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, host.Client.BaseAddress!.Port, Cancel);
        NetworkStream stream = client.GetStream();
        const string Part = "--next\r\nContent-Type: image/jpeg\r\n\r\nfaces:1\r\n--next--\r\n";
        string head = $"POST /v1/cameras/door/frames HTTP/1.1\r\nHost: 127.0.0.1:{host.Client.BaseAddress.Port}\r\nContent-Type: multipart/x-mixed-replace; boundary=next\r\n"
            + $"Content-Length: {Part.Length}\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head), Cancel);
        byte[] proceed = new byte[25]; // "HTTP/1.1 100 Continue" and an empty line: the gateway has begun to read the body.
        await stream.ReadExactlyAsync(proceed, Cancel);
        await Task.Delay(TimeSpan.FromSeconds(3), Cancel);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(Part), Cancel);
        using var reader = new StreamReader(stream);
        string answer = await reader.ReadToEndAsync(Cancel);
        answer.ShouldStartWith("HTTP/1.1 202");
        answer.ShouldContain("\"accepted\":1");
        host.Grid.Frames.ShouldHaveSingleItem().ShouldBe("faces:1"u8.ToArray());
    }

    [Fact]
    public async Task Requests_PastTheConcurrency_Are429()
    {
        await using GatewayHost host = await GatewayHost.StartAsync(("Gateway:ConcurrencyMax", "1"));
        var entered = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        host.Grid.Before = (_, _) =>
        {
            entered.TrySetResult();
            return release.Task;
        };
        Task<HttpResponseMessage> first = host.Client.GetAsync(Ada, Cancel);
        await entered.Task.WaitAsync(TimeSpan.FromSeconds(60), Cancel);
        using HttpResponseMessage second = await host.Client.GetAsync(Ada, Cancel);
        second.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        second.Headers.RetryAfter.ShouldNotBeNull();
        await RefusedAsync(host, concurrency: 1, embedders: 0);
        (await host.SendAsync(HttpMethod.Get, "/health/live", null)).Status.ShouldBe(200);
        release.SetResult();
        (await first).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await host.SendAsync(HttpMethod.Get, Ada, null)).Status.ShouldBe(404, "the place is free again");
    }

    /// <summary>Merging, releasing, switching to another model or trying a delivery again bring nothing, and wait for no embedder.</summary>
    [Fact]
    public async Task Pictures_PastTheirShare_Are429_AndRequestsWithoutBodyPass()
    {
        await using GatewayHost host = await GatewayHost.StartAsync(("Gateway:PictureConcurrencyMax", "1"));
        var entered = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        host.Grid.Before = (call, _) =>
        {
            bool embeds = call.StartsWith("Embedder.", StringComparison.Ordinal) && entered.TrySetResult();
            return embeds ? release.Task : Task.CompletedTask;
        };
        Task<(int Status, JsonElement Body)> first = host.PostAsync("/v1/detect", GatewayHost.Picture());
        await entered.Task.WaitAsync(TimeSpan.FromSeconds(60), Cancel);
        (await host.PostAsync("/v1/detect", GatewayHost.Picture())).Status.ShouldBe(429);
        (int status, JsonElement problem) = await host.SendAsync(HttpMethod.Post, "/v1/detect", null);
        (status, problem.GetProperty("code").GetString()).ShouldBe((400, "empty-body"));
        release.SetResult();
        (await first).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Grain_PastTheDeadline_Is503()
    {
        await using GatewayHost host = await GatewayHost.StartAsync(("Gateway:Deadline", "00:00:00.200"));
        host.Grid.Before = static (_, _) => Task.Delay(Timeout.Infinite);
        (int status, JsonElement problem) = await host.SendAsync(HttpMethod.Get, Ada, null);
        (status, problem.GetProperty("code").GetString()).ShouldBe((503, "deadline-exceeded"));
        (status, JsonElement bulk) = await host.PostAsync("/v1/galleries/default/people", GatewayHost.Json("""{"people":[{"id":"a"}]}"""));
        status.ShouldBe(503, bulk.ToString());
    }

    [Fact]
    public async Task Client_LeavingMidUpload_IsNoError()
    {
        await using GatewayHost host = await GatewayHost.StartAsync();
        using (var client = new TcpClient())
        {
            await client.ConnectAsync(IPAddress.Loopback, host.Client.BaseAddress!.Port, Cancel);
            NetworkStream stream = client.GetStream();
            string head = $"POST /v1/detect HTTP/1.1\r\nHost: 127.0.0.1:{host.Client.BaseAddress.Port}\r\nContent-Type: image/jpeg\r\nContent-Length: 1000000\r\nExpect: 100-continue\r\n\r\n";
            await stream.WriteAsync(Encoding.ASCII.GetBytes(head), Cancel);
            byte[] proceed = new byte[25]; // "HTTP/1.1 100 Continue" and an empty line: the gateway has begun to read the body.
            await stream.ReadExactlyAsync(proceed, Cancel);
            await stream.WriteAsync("half"u8.ToArray(), Cancel);
            client.LingerState = new LingerOption(true, 0);
        }

        // Kestrel reports a reset as an abort or as an unexpected end, whichever it sees first; either way the next request is served.
        (await host.PostAsync("/v1/detect", GatewayHost.Picture())).Status.ShouldBe(200);
        host.Log.Lines.ShouldNotContain(line => line.Level >= LogLevel.Warning);
        host.Grid.EmbedderCalls.Count.ShouldBe(1, "only the second picture reached an embedder");
    }

    [Fact]
    public async Task Embedder_OneGone_AnotherReadsThePicture()
    {
        await using GatewayHost host = await GatewayHost.StartAsync();
        host.Grid.Nodes.Add(new NodeInfo("node-2", "two", ["embedder"]));
        host.Grid.Nodes.Add(new NodeInfo("node-3", "three", ["shards"]));
        host.Grid.Before = (call, _) => call == "Embedder.node-1" ? throw new SiloUnavailableException("gone") : Task.CompletedTask;
        for (int i = 0; i < 20; i++)
        {
            (await host.PostAsync("/v1/detect", GatewayHost.Picture())).Status.ShouldBe(200);
        }

        host.Grid.EmbedderCalls.Distinct().Order(StringComparer.Ordinal).ShouldBe(["node-1", "node-2"]);
    }

    [Fact]
    public async Task Embedder_AllBusy_Is429_NoneIs503()
    {
        await using GatewayHost host = await GatewayHost.StartAsync();
        host.Grid.Before = (call, _) => call == "Embedder.node-1" ? throw new FaceGridException(ErrorCodes.Busy, "Full.") : Task.CompletedTask;
        (int status, JsonElement problem) = await host.PostAsync("/v1/detect", GatewayHost.Picture());
        (status, problem.GetProperty("code").GetString()).ShouldBe((429, "busy"));
        await RefusedAsync(host, concurrency: 0, embedders: 1);

        await using GatewayHost empty = await GatewayHost.StartAsync();
        empty.Grid.Nodes.Clear();
        (status, problem) = await empty.PostAsync("/v1/detect", GatewayHost.Picture());
        (status, problem.GetProperty("code").GetString()).ShouldBe((503, "no-embedder"));
    }

    private static Task RefusedAsync(GatewayHost host, int concurrency, int embedders) =>
        host.ShouldCountAsync($"reason=\"concurrency\"}} {concurrency}", $"reason=\"embedders\"}} {embedders}", "reason=\"grid\"} 0");

    private static ByteArrayContent Body(int length, string type, bool chunked)
    {
        byte[] bytes = new byte[length];
        bytes.AsSpan().Fill((byte)' ');
        ByteArrayContent content = chunked ? new ChunkedContent(bytes) : new ByteArrayContent(bytes);
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        return content;
    }

    private sealed class ChunkedContent(byte[] bytes) : ByteArrayContent(bytes)
    {
        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
