using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;
using FaceGrid.Tests.Support;
using FaceGrid.Tests.Support.Cameras;
using Shouldly;
using SkiaSharp;
using Xunit;

namespace FaceGrid.Tests.Cameras;

/// <summary>
/// Goal: a node that dies takes no camera with it; who is in sight meanwhile is told once; and who listens to events misses none and hears
/// none twice, whichever process dies. Method: three real nodes and two gateways, cameras that fetch pictures of a real clip by themselves,
/// half of which are empty now and then so that visits begin and end all the time, listeners at a node and at a gateway, the command line's
/// among them, and the kill of those. Cameras, a multiple of six: <c>FACEGRID_KILL_CAMERAS</c>, default 6.
/// </summary>
public sealed class CameraKillTests(ITestOutputHelper output)
{
    private const string Aniston = "Jennifer_Aniston";

    /// <summary>
    /// Pictures of people, and then of nobody, that a camera with comings and goings gives. Pictures and not seconds: where the machine is
    /// slow it takes longer, and the votes are there all the same.
    /// </summary>
    private const int PhasePictures = 12;

    private static readonly int Cameras = int.TryParse(
        Environment.GetEnvironmentVariable("FACEGRID_KILL_CAMERAS"), CultureInfo.InvariantCulture, out int given) ? given : 6;

    private static string[] Steady { get; } = [.. Enumerable.Range(0, Cameras / 2).Select(camera => $"steady-{camera}")];

    private static string[] Busy { get; } = [.. Enumerable.Range(0, Cameras / 2).Select(camera => $"busy-{camera}")];

    [Fact]
    public async Task Cameras_of_a_node_that_dies_run_again_elsewhere_and_listeners_miss_nothing_whoever_dies()
    {
        byte[][] frames = await Clips.FramesAsync(Clips.Airliner, 2);
        await using CameraServer pictures = Pictures(frames);
        await using GridProcesses grid = await GridProcesses.StartAsync(
            3, ("FaceGrid__Roles__3", "embedder"), ("FACEGRID_MODELS", TestData.Models), ("FaceGrid__Outbound__Allow__0", "loopback"));
        using var directory = new TemporaryDirectory();
        int port = NodeProcess.FreePort();
        NodeProcess gateway = await grid.StartGatewayAsync(port);
        try
        {
            await using NodeProcess other = await grid.StartGatewayAsync(NodeProcess.FreePort());
            await SetUpAsync(gateway, pictures);
            Dictionary<string, string> nodes = [];
            // An equal share each.
            await Eventually.AssertAsync(
                async () => (nodes = await NodesAsync(other, [.. Steady, .. Busy], DateTimeOffset.MinValue)).Values.GroupBy(node => node)
                .Select(own => own.Count()).ShouldBe([Cameras / 3, Cameras / 3, Cameras / 3]));
            (string victim, string address) = await VictimAsync(other, nodes);
            NodeProcess first = gateway, dying = grid.Serving[victim];
            await using EventFollower atNode = new(() => [.. Alive(dying), .. grid.Serving.Values]),
                atGateway = new(() => [.. Alive(first), other]);
            await using CliProcess watching = CliProcess.Start(first.Http.BaseAddress!, directory.Path, "camera", "watch", "--after", "0");
            Dictionary<string, string?> before = await HerVisitsAsync(other);

            await grid.KillAsync(victim);
            (DateTimeOffset killedAt, long killed) = (DateTimeOffset.UtcNow, Stopwatch.GetTimestamp());
            await Eventually.AssertAsync(
                async () => (await NodesAsync(other, [.. Steady, .. Busy], killedAt)).Values.ShouldAllBe(node => node != address));
            output.WriteLine(
                $"{nodes.Values.Count(node => node == address)} cameras run again, and all have looked at a frame, "
                + $"{Stopwatch.GetElapsedTime(killed).TotalSeconds:0.0} s after their node was killed");
            Dictionary<string, string?> after = await HerVisitsAsync(other);
            string[] doubled =
                [.. Steady.Where(camera => after[camera] != before[camera])
                .Select(camera => $"{camera}{(nodes[camera] == address ? ", which moved" : "")}: {before[camera]}, then {after[camera]}")];
            doubled.ShouldBeEmpty();
            await NewsAsync(other);

            await gateway.KillAsync();
            await NewsAsync(other);
            await gateway.DisposeAsync();
            gateway = await grid.StartGatewayAsync(port);
            await NewsAsync(other);
            await CheckListenersAsync(other, atNode, atGateway, watching);
        }
        finally
        {
            await gateway.DisposeAsync();
        }
    }

    /// <summary>Nothing comes from the cameras any more: everybody must have heard the same.</summary>
    private async Task CheckListenersAsync(NodeProcess gateway, EventFollower atNode, EventFollower atGateway, CliProcess watching)
    {
        foreach (string camera in (string[])[.. Steady, .. Busy])
        {
            (await gateway.SendAsync(HttpMethod.Put, $"/v1/cameras/{camera}", new { enabled = false })).Status.ShouldBe(HttpStatusCode.OK);
        }

        (string Kind, long Position, JsonElement Sighting)[] all = await AllAsync(gateway);
        (string Kind, long Position)[] expected = [.. all.Select(told => (told.Kind, told.Position))];
        output.WriteLine(
            $"{expected.Length} events, {all.Select(told => Text(told.Sighting, "id")).Distinct().Count()} visits; connections: "
            + $"{atNode.Connections} of the listener at the node, {atGateway.Connections} at the gateway");
        await Eventually.AssertAsync(() =>
        {
            atNode.Reported.LastOrDefault().ShouldBe(expected[^1]);
            atGateway.Reported.LastOrDefault().ShouldBe(expected[^1]);
            Printed(watching).LastOrDefault().ShouldBe(expected[^1], watching.Error);
            return Task.CompletedTask;
        });
        atNode.Reported.ShouldBe(expected);
        atGateway.Reported.ShouldBe(expected);
        Printed(watching).ShouldBe(expected);
        Math.Min(atNode.Connections, atGateway.Connections).ShouldBeGreaterThan(1);
        CheckVisits(all);
    }

    /// <summary>Every visit begins once, before all else, and ends once, and nobody is at one camera twice at a time.</summary>
    private static void CheckVisits((string Kind, long Position, JsonElement Sighting)[] all)
    {
        all.Select(told => (Text(told.Sighting, "id"), told.Sighting.GetProperty("revision").GetInt32())).ShouldBeUnique();
        foreach (
            IGrouping<string?, (string Kind, long Position, JsonElement Sighting)> visit in all.GroupBy(told => Text(told.Sighting, "id")))
        {
            string[] kinds = [.. visit.Select(told => told.Kind)];
            // One that was over before it could be told has ended only.
            (kinds[^1], kinds.Count(kind => kind == "ended"), kinds.Skip(1).Count(kind => kind == "begun"))
                .ShouldBe(("ended", 1, 0), string.Join(' ', kinds));
        }

        foreach (
            IGrouping<string?,
            JsonElement> camera in all.Where(told => told.Kind == "ended" && Text(told.Sighting, "person") == Aniston)
            .Select(told => told.Sighting).GroupBy(sighting => Text(sighting, "camera")))
        {
            JsonElement[] visits = [.. camera.OrderBy(visit => visit.GetProperty("firstSeen").GetDateTimeOffset())];
            visits.Skip(1).Zip(visits).ShouldAllBe(
                pair => pair.First.GetProperty("firstSeen").GetDateTimeOffset() > pair.Second.GetProperty("lastSeen").GetDateTimeOffset());
        }
    }

    private static (string Kind, long Position)[] Printed(CliProcess watching) =>
        [.. watching.Out.Select(line => JsonDocument.Parse(line).RootElement)
            .Select(told => (Text(told, "event")!, long.Parse(Text(told, "id")!)))];

    /// <summary>Every event from the first on, read at once.</summary>
    private static async Task<(string Kind, long Position, JsonElement Sighting)[]> AllAsync(NodeProcess gateway)
    {
        using var now = new EventListener(gateway.Http, "/v1/events");
        await now.ConnectAsync(TestContext.Current.CancellationToken);
        long last = long.Parse(await now.HereAsync(TestContext.Current.CancellationToken));
        using var all = new EventListener(gateway.Http, "/v1/events?after=0");
        await all.ConnectAsync(TestContext.Current.CancellationToken);
        List<(string, long, JsonElement)> events = [];
        while (events.Count == 0 || events[^1].Item2 < last)
        {
            events.Add(await all.NextAsync(TestContext.Current.CancellationToken));
        }

        return [.. events];
    }

    /// <summary>Waits until each camera with comings and goings has told of something new.</summary>
    private static async Task NewsAsync(NodeProcess gateway)
    {
        string from = Uri.EscapeDataString(DateTimeOffset.UtcNow.ToString("O"));
        foreach (string camera in Busy)
        {
            await Eventually.AssertAsync(
                async () => (await GetAsync(gateway, $"/v1/sightings?camera={camera}&from={from}")).GetProperty("sightings")
                .GetArrayLength().ShouldBeGreaterThan(0, camera), seconds: 120);
        }
    }

    private static CameraServer Pictures(byte[][] frames)
    {
        using var dark = new SKBitmap(1_280, 720);
        dark.Erase(SKColors.Black);
        using SKData encoded = dark.Encode(SKEncodedImageFormat.Jpeg, 90);
        byte[] nobody = encoded.ToArray();
        var given = new ConcurrentDictionary<string, int>(StringComparer.Ordinal);
        return new CameraServer((request, stream) =>
        {
            int number = given.AddOrUpdate(request.Target, 0, static (_, before) => before + 1);
            bool isEmpty = request.Target.Contains("/busy-", StringComparison.Ordinal) && number / PhasePictures % 2 == 1;
            return CameraServer.AnswerAsync(
                stream, "200 OK", "Content-Type: image/jpeg\r\n", isEmpty ? nobody : frames[number % frames.Length]);
        });
    }

    private static async Task SetUpAsync(NodeProcess gateway, CameraServer pictures)
    {
        foreach (byte[] portrait in LfwFaces.Of(Aniston, 5))
        {
            (await Portraits.PostAsync(gateway, $"/v1/galleries/default/people/{Aniston}/faces?face=main", portrait)).Status.ShouldBeOneOf(
                201, 202);
        }

        foreach (string camera in (string[])[.. Steady, .. Busy])
        {
            // Nobody is given up at the steady ones while frames come seldom: this machine has five processes and twelve cameras to feed.
            bool isSteady = Steady.Contains(camera);
            object settings =
                new
                {
                    source = new { kind = "snapshot", address = $"{pictures.Address}/{camera}" },
                    framesPerSecond = 2,
                    visitGapSeconds = isSteady ? 120 : 3,
                    faceSizeMin = 30
                };
            (HttpStatusCode status, JsonElement body) = await gateway.SendAsync(HttpMethod.Put, $"/v1/cameras/{camera}", settings);
            status.ShouldBe(HttpStatusCode.Created, body.ToString());
        }
    }

    /// <summary>Waits until every steady camera knows her and has told so, and reads as which visit.</summary>
    private static async Task<Dictionary<string, string?>> HerVisitsAsync(NodeProcess gateway)
    {
        var visits = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (string camera in Steady)
        {
            await Eventually.AssertAsync(async () =>
            {
                JsonElement view = await GetAsync(gateway, $"/v1/cameras/{camera}/view");
                visits[camera] = view.GetProperty("tracks").EnumerateArray().Where(face => Text(face, "person") == Aniston)
                    .Select(face => Text(face, "visit")).SingleOrDefault();
                visits[camera].ShouldNotBeNull(camera);
                (await GetAsync(gateway, $"/v1/cameras/{camera}")).GetProperty("status").GetProperty("sightings")
                    .GetProperty("waiting").GetInt32().ShouldBe(0, camera);
            });
        }

        return visits;
    }

    /// <summary>Where cameras run that have looked at a frame since a moment.</summary>
    private static async Task<Dictionary<string, string>> NodesAsync(NodeProcess gateway, string[] cameras, DateTimeOffset since)
    {
        var nodes = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string camera in cameras)
        {
            JsonElement status = (await GetAsync(gateway, $"/v1/cameras/{camera}")).GetProperty("status");
            status.GetProperty("running").GetBoolean().ShouldBeTrue(status.ToString());
            status.GetProperty("lastFrameAt").GetDateTimeOffset().ShouldBeGreaterThan(since, camera);
            nodes[camera] = Text(status, "node")!;
        }

        return nodes;
    }

    private static async Task<(string Name, string Address)> VictimAsync(NodeProcess gateway, Dictionary<string, string> nodes)
    {
        JsonElement cluster = await GetAsync(gateway, "/v1/cluster");
        JsonElement node = cluster.GetProperty("nodes").EnumerateArray().First(node => nodes.ContainsValue(Text(node, "address")!));
        return (Text(node, "name")!, Text(node, "address")!);
    }

    private static NodeProcess[] Alive(NodeProcess process)
    {
        try
        {
            return process.Process.HasExited ? [] : [process];
        }
        catch (InvalidOperationException)
        {
            return []; // It was killed and forgotten.
        }
    }

    private static async Task<JsonElement> GetAsync(NodeProcess gateway, string path)
    {
        (HttpStatusCode status, JsonElement body) = await gateway.SendAsync(HttpMethod.Get, path);
        status.ShouldBe(HttpStatusCode.OK, body.ToString());
        return body;
    }

    private static string? Text(JsonElement element, string member) => element.TryGetProperty(member, out JsonElement value)
        ? value.GetString() : null;
}
