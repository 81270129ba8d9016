using System.Text.Json;
using FaceGrid.Abstractions.Cluster;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Tests.Support;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Gateway;

/// <summary>Goal: what a grid in trouble costs its callers is seconds and a clear answer. Method: grains that fail, or never answer, when told to.</summary>
[Collection(GatewayMetrics.Name)]
public sealed class GridCallTests
{
    private const string Identify = "/v1/galleries/default/identify";
    private const string Probe = """{"embeddings":[[1,0,0,0]]}""";

    [Fact]
    public async Task Picture_PastTheShareOfPictures_Is429_AndVectorsAreAnswered()
    {
        await using GatewayHost host = await GatewayHost.StartAsync(("Gateway:ConcurrencyMax", "4"));
        var release = new TaskCompletionSource();
        host.Grid.Before = (call, _) => call.StartsWith("Embedder", StringComparison.Ordinal) ? release.Task : Task.CompletedTask;
        Task<(int Status, JsonElement Body)>[] pictures = [.. Enumerable.Range(0, 4).Select(_ => host.PostAsync("/v1/detect", GatewayHost.Picture()))];
        await Eventually.AssertAsync(() =>
        {
            pictures.Count(picture => picture.IsCompleted).ShouldBe(2, "half of the places are for pictures");
            return Task.CompletedTask;
        });
        foreach (Task<(int Status, JsonElement Body)> refused in pictures.Where(picture => picture.IsCompleted))
        {
            ((await refused).Status, (await refused).Body.GetProperty("code").GetString()).ShouldBe((429, "busy"));
        }

        (await host.PostAsync(Identify, GatewayHost.Json(Probe))).Status.ShouldBe(200);
        await host.ShouldCountAsync("reason=\"pictures\"} 2");
        release.SetResult();
        (await Task.WhenAll(pictures)).Count(answer => answer.Status == 200).ShouldBe(2);
        (await host.PostAsync("/v1/detect", GatewayHost.Picture())).Status.ShouldBe(200, "the places are free again");
    }

    [Theory]
    [InlineData("people")]
    [InlineData("shards")]
    public async Task Role_ThatNoNodePlays_IsNamed(string role)
    {
        await using GatewayHost host = await GatewayHost.StartAsync();
        host.Grid.Nodes[0] = new NodeInfo("node-1", "one", [.. host.Grid.Nodes[0].Roles.Where(other => other != role)]);
        host.Grid.Before = (call, _) => call.StartsWith("Cluster", StringComparison.Ordinal) ? Task.CompletedTask : throw new OrleansException("No active nodes are compatible with the grain.");
        (int status, JsonElement problem) = await host.PostAsync(Identify, GatewayHost.Json(Probe));
        (status, problem.GetProperty("code").GetString()).ShouldBe((503, "role-missing"));
        problem.GetProperty("detail").GetString()!.ShouldContain($"'{role}'");
    }

    [Theory]
    [InlineData(typeof(OperationCanceledException))]
    [InlineData(typeof(TimeoutException))]
    [InlineData(typeof(SiloUnavailableException))]
    public async Task Call_ThatANodeTookWithIt_IsMadeAgain(Type failure)
    {
        await using GatewayHost host = await GatewayHost.StartAsync();
        int calls = 0;
        host.Grid.Before = (call, _) => call.StartsWith("Person", StringComparison.Ordinal) && Interlocked.Increment(ref calls) == 1
            ? throw (Exception)Activator.CreateInstance(failure)!
            : Task.CompletedTask;
        (await host.SendAsync(HttpMethod.Get, "/v1/galleries/default/people/ada", null)).Status.ShouldBe(404);
        calls.ShouldBe(2);
    }

    [Fact]
    public async Task Call_ThatIsNeverAnswered_IsMadeAgainWhenANodeHasLeft()
    {
        await using GatewayHost host = await GatewayHost.StartAsync();
        host.Grid.Nodes.Add(new NodeInfo("node-2", "two", ["people", "shards"]));
        int calls = 0;
        host.Grid.Before = (call, token) =>
        {
            if (!call.StartsWith("Person", StringComparison.Ordinal) || Interlocked.Increment(ref calls) > 1)
            {
                return Task.CompletedTask;
            }

            host.Grid.Nodes.RemoveAt(1);
            return Task.Delay(Timeout.Infinite, token);
        };
        (await host.PostAsync("/v1/detect", GatewayHost.Picture())).Status.ShouldBe(200, "from here on the gateway knows both nodes");
        (await host.SendAsync(HttpMethod.Get, "/v1/galleries/default/people/ada", null)).Status.ShouldBe(404);
        calls.ShouldBe(2);
    }

    [Fact]
    public async Task Enrolment_ThatWasGivenUpAndArrivesAfterADeletion_BringsNobodyBack()
    {
        await using GatewayHost host = await GatewayHost.StartAsync();
        host.Grid.Nodes.Add(new NodeInfo("node-2", "two", ["people", "shards"]));
        var thaw = new TaskCompletionSource();
        int writes = 0;
        host.Grid.Before = (call, _) =>
        {
            if (call != "Person.Write" || Interlocked.Increment(ref writes) > 1)
            {
                return Task.CompletedTask;
            }

            host.Grid.Nodes.RemoveAt(1);
            return thaw.Task; // The first call hangs in a node that hangs, and goes on when nobody wants it any more.
        };
        (await host.PostAsync("/v1/detect", GatewayHost.Picture())).Status.ShouldBe(200, "from here on the gateway knows both nodes");
        const string Ada = "/v1/galleries/default/people/ada";
        (await host.PostAsync(Ada + "/faces", GatewayHost.Json("""{"embedding":[1,0,0,0]}"""))).Status.ShouldBe(201);
        writes.ShouldBe(2);
        (await host.SendAsync(HttpMethod.Delete, Ada, null)).Status.ShouldBe(204);
        thaw.SetResult();
        (await host.PostAsync(Ada + "/faces", GatewayHost.Json("""{"embedding":[0,1,0,0]}"""))).Status.ShouldBe(201);
        await Eventually.AssertAsync(() =>
        {
            host.Grid.Refused.ShouldBe(1, "the late call has arrived");
            return Task.CompletedTask;
        });
        (await host.SendAsync(HttpMethod.Get, Ada, null)).Body.GetProperty("faces").GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task Refusal_OfTheGrid_IsCounted()
    {
        await using GatewayHost host = await GatewayHost.StartAsync();
        host.Grid.Before = (call, _) => call == "Person.Write" ? throw new FaceGridException(ErrorCodes.Busy, "Full.") : Task.CompletedTask;
        (int status, JsonElement bulk) = await host.PostAsync("/v1/galleries/default/people", GatewayHost.Json("""{"people":[{"id":"a"},{"id":"b"}]}"""));
        (status, bulk.GetProperty("results")[0].GetProperty("status").GetInt32()).ShouldBe((200, 429));
        await host.ShouldCountAsync("reason=\"grid\"} 2");
    }
}
