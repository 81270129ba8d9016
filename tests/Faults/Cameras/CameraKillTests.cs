using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using FaceGrid.Tests.Support;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests;

/// <summary>
/// Goal: a node that dies takes no camera with it, and nobody who is in sight meanwhile is told twice. Method: three real nodes, six cameras to which the same clip is sent over and over by way of whichever node serves, and the kill of a node
/// that runs some of them.
/// </summary>
public sealed class CameraKillTests
{
    private const int Cameras = 6;
    private const string Aniston = "Jennifer_Aniston";

    [Fact]
    public async Task Cameras_of_a_node_that_dies_run_again_elsewhere_and_their_visits_go_on()
    {
        byte[][] frames = await Clips.FramesAsync(Clips.Airliner, 5);
        await using GridProcesses grid = await GridProcesses.StartAsync(3, ("FaceGrid__Roles__3", "embedder"), ("FACEGRID_MODELS", TestData.Models));
        NodeProcess first = grid.Serving.Values.First();
        foreach (byte[] portrait in LfwFaces.Of(Aniston, 5))
        {
            (await PostAsync(first, $"/v1/galleries/default/people/{Aniston}/faces?face=main", portrait)).Status.ShouldBeOneOf(HttpStatusCode.Created, HttpStatusCode.Accepted);
        }

        string[] cameras = [.. Enumerable.Range(0, Cameras).Select(camera => $"door-{camera}")];
        foreach (string camera in cameras)
        {
            // Nobody is given up while frames come seldom: this machine has three nodes and six cameras to feed.
            (await first.SendAsync(HttpMethod.Put, $"/v1/cameras/{camera}", new { visitGapSeconds = 120, faceSizeMin = 30 })).Status.ShouldBe(HttpStatusCode.Created);
        }

        using var ending = new CancellationTokenSource();
        Task feeding = FeedAsync(grid, cameras, frames, ending.Token);
        try
        {
            Dictionary<string, string> nodes = [];
            await Eventually.AssertAsync(async () => (nodes = await NodesAsync(grid, cameras)).Values.GroupBy(node => node).Select(own => own.Count()).ShouldBe([2, 2, 2])); // An equal share each.
            Dictionary<string, string?> before = await HerVisitsAsync(grid, cameras);

            (string victim, string address) = await VictimAsync(grid, nodes);
            await grid.KillAsync(victim);
            long killed = Stopwatch.GetTimestamp();
            string[] moved = [.. cameras.Where(camera => nodes[camera] == address)];
            await Eventually.AssertAsync(async () => (await NodesAsync(grid, moved)).Values.ShouldAllBe(node => node != address));
            TestContext.Current.TestOutputHelper?.WriteLine($"{moved.Length} cameras run again after {Stopwatch.GetElapsedTime(killed)}");
            Dictionary<string, string?> after = await HerVisitsAsync(grid, cameras);
            string[] doubled = [.. cameras.Where(camera => after[camera] != before[camera]).Select(camera => $"{camera}{(moved.Contains(camera) ? ", which moved" : "")}: {before[camera]}, then {after[camera]}")];
            doubled.ShouldBeEmpty();
        }
        finally
        {
            await ending.CancelAsync();
            await feeding;
        }
    }

    /// <summary>Sends the clip to every camera, a frame at a time, by way of any node; what a dead node does not take the next one gets.</summary>
    private static async Task FeedAsync(GridProcesses grid, string[] cameras, byte[][] frames, CancellationToken ending)
    {
        for (int frame = 0; !ending.IsCancellationRequested; frame++)
        {
            await Parallel.ForEachAsync(cameras, new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = CancellationToken.None }, async (camera, _) =>
            {
                NodeProcess[] serving = [.. grid.Serving.Values];
                try
                {
                    await PostAsync(serving[Random.Shared.Next(serving.Length)], $"/v1/cameras/{camera}/frames", frames[frame % frames.Length]);
                }
                catch (Exception away) when (away is HttpRequestException or TaskCanceledException or ObjectDisposedException)
                {
                    // The node died with the request.
                }
            });
            await Task.Delay(1_000, CancellationToken.None); // Three nodes share this machine.
        }
    }

    /// <summary>Waits until every camera knows her and has told so, and reads as which visit.</summary>
    private static async Task<Dictionary<string, string?>> HerVisitsAsync(GridProcesses grid, string[] cameras)
    {
        var visits = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (string camera in cameras)
        {
            await Eventually.AssertAsync(async () =>
            {
                (visits[camera] = await HerVisitAsync(grid, camera)).ShouldNotBeNull(camera);
                (await GetAsync(grid, $"/v1/cameras/{camera}")).GetProperty("status").GetProperty("sightings").GetProperty("waiting").GetInt32().ShouldBe(0, camera);
            });
        }

        return visits;
    }

    private static async Task<string?> HerVisitAsync(GridProcesses grid, string camera)
    {
        JsonElement view = await GetAsync(grid, $"/v1/cameras/{camera}/view");
        return view.GetProperty("tracks").EnumerateArray().Where(face => face.TryGetProperty("person", out JsonElement person) && person.GetString() == Aniston)
            .Select(face => face.GetProperty("visit").GetString()).SingleOrDefault();
    }

    private static async Task<Dictionary<string, string>> NodesAsync(GridProcesses grid, string[] cameras)
    {
        var nodes = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string camera in cameras)
        {
            JsonElement status = (await GetAsync(grid, $"/v1/cameras/{camera}")).GetProperty("status");
            status.GetProperty("running").GetBoolean().ShouldBeTrue(status.ToString());
            nodes[camera] = status.GetProperty("node").GetString()!;
        }

        return nodes;
    }

    private static async Task<(string Name, string Address)> VictimAsync(GridProcesses grid, Dictionary<string, string> nodes)
    {
        JsonElement cluster = await GetAsync(grid, "/v1/cluster");
        JsonElement node = cluster.GetProperty("nodes").EnumerateArray().First(node => nodes.ContainsValue(node.GetProperty("address").GetString()!));
        return (node.GetProperty("name").GetString()!, node.GetProperty("address").GetString()!);
    }

    private static async Task<JsonElement> GetAsync(GridProcesses grid, string path)
    {
        (HttpStatusCode status, JsonElement body) = await grid.Serving.Values.Last().SendAsync(HttpMethod.Get, path);
        status.ShouldBe(HttpStatusCode.OK, body.ToString());
        return body;
    }

    private static async Task<(HttpStatusCode Status, string Body)> PostAsync(NodeProcess node, string path, byte[] picture)
    {
        using var content = new ByteArrayContent(picture);
        content.Headers.ContentType = new MediaTypeHeaderValue("image/jpeg");
        using HttpResponseMessage response = await node.Http.PostAsync(path, content);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }
}
