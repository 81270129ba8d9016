using System.Text.Json.Nodes;
using System.Xml.Linq;
using FaceGrid.Load.Cameras;
using FaceGrid.Cli.Shell;
using FaceGrid.Tests.Support;
using FaceGrid.Tests.Support.Cameras;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Cli;

/// <summary>
/// Goal: the commands for cameras ask what the API documents and show what it says. Method: a server that answers with prepared documents;
/// real nodes are in the tests of the pages.
/// </summary>
public sealed class CameraCliTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Watch_goes_on_behind_the_last_event_when_the_connection_breaks()
    {
        await using var server = new CameraServer((request, stream) =>
        {
            const string Head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n";
            return request.Header("Last-Event-ID") switch
            {
                null => CameraServer.WriteAsync(
                    stream, Head + "retry: 1000\n: here\nid: 7\n\n" + Event("begun", 8, "ada") + ": here\nid: 9\n\n"),
                // Broken off before it was told.
                "9" => CameraServer.WriteAsync(stream, Head + Event("changed", 10, "ada") + Event("ended", 11, null)[..^1]),
                "10" => CameraServer.WriteAsync(stream, Head + Event("ended", 11, null)),
                var other => throw new IOException($"asked behind {other}"),
            };
        });
        CliRun run = await RunAsync(server, "camera", "watch", "door", "--unknown", "--count", "3");
        run.ExitCode.ShouldBe(0, run.Error);
        JsonNode[] told = [.. run.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!)];
        told.Select(line => ((string)line["event"]!, (string?)line["data"]!["person"]))
            .ShouldBe([("begun", "ada"), ("changed", "ada"), ("ended", null)]);
        server.Requests.First().Target.ShouldBe("/v1/events?camera=door&unknown=true");
        told.Select(line => (string?)line["id"]).ShouldBe(["8", "10", "11"]);
        server.Requests.Count.ShouldBe(3);
    }

    [Fact]
    public async Task Add_sends_what_was_given_and_never_a_password_from_the_command_line()
    {
        await using var server = new CameraServer(
            (_, stream) => CameraServer.AnswerAsync(
                stream, "201 Created", "Content-Type: application/json\r\n", "{\"id\":\"door\"}"u8.ToArray()));
        string[] add = ["camera", "add", "door", "rtsp://10.0.0.5/live", "--fps", "5", "--galleries", "staff", "guests", "--pictures", "true"];
        (await RunAsync(server, add)).ExitCode.ShouldBe(0);
        CameraRequest put = server.Requests.ShouldHaveSingleItem();
        (put.Method, put.Target).ShouldBe(("PUT", "/v1/cameras/door"));

        CliRun withUser = await RunAsync(server, "camera", "add", "door", "rtsp://10.0.0.5/live", "--user", "eve");
        withUser.ExitCode.ShouldBe((int)ExitCode.Usage);
        withUser.Error.ShouldContain("FACEGRID_CAMERA_PASSWORD");
        (await RunAsync(server, "camera", "add", "Not An Id")).ExitCode.ShouldBe((int)ExitCode.Usage);
        server.Requests.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("500 Internal Server Error", "row-damaged")]
    [InlineData("503 Service Unavailable", "deadline-exceeded")]
    public async Task List_shows_a_camera_that_does_not_say_how_it_is_and_names_those_that_cannot_be_read(string status, string code)
    {
        await using var server = new CameraServer((request, stream) => request.Target switch
        {
            "/v1/cameras?limit=1000" => JsonAsync(stream, "200 OK", """{"cameras":[{"id":"a","enabled":false},{"id":"b","enabled":true},{"id":"c","enabled":true}],"next":null,"damaged":["d","e"]}"""),
            "/v1/cameras/b" => JsonAsync(stream, "200 OK", """{"id":"b","enabled":true,"status":{"running":true,"faces":7}}"""),
            _ => JsonAsync(stream, status, $$"""{"code":"{{code}}","detail":"It went wrong.","requestId":"r-1"}"""),
        });
        CliRun run = await RunAsync(server, "camera", "list", "--patience", "0");
        run.ExitCode.ShouldBe((int)ExitCode.Partial, run.Error);
        run.Json["cameras"]!.AsArray()
            .Select(camera => ((string)camera!["id"]!, (string?)camera["problem"]?["code"], (int?)camera["status"]?["faces"]))
            .ShouldBe([("a", code, null), ("b", null, 7), ("c", code, null)]);
        run.Json["damaged"]!.AsArray().Select(id => (string)id!).ShouldBe(["d", "e"]);
        run.Error.ShouldContain("2 of 3 cameras did not say how they are");
        run.Error.ShouldContain("their rows are damaged: d, e");

        CliRun table = await CliRun.AtTerminalAsync($"http://{server.Authority}", _directory.Path, "camera", "list", "--patience", "0");
        table.Out.ShouldContain($"({code})");
    }

    [Fact]
    public async Task Test_draws_boxes_and_names_over_the_picture()
    {
        const string View =
            """
            {"accepted":1,"dropped":0,"view":{"camera":"door","at":"2026-03-01T08:00:00Z","width":40,"height":16,"tracks":[
            {"track":1,"box":{"x":3.5,"y":2,"width":10,"height":12},"decision":"match","gallery":"default","person":"a&<b>","distance":0.25,"confidence":1,"since":"2026-03-01T08:00:00Z"},
            {"track":2,"box":{"x":20,"y":2,"width":9,"height":11},"decision":"unknown","confidence":0.8,"since":"2026-03-01T08:00:00Z"}]}}
            """;
        await using var server = new CameraServer(
            (_, stream) => CameraServer.AnswerAsync(
                stream, "200 OK", "Content-Type: application/json\r\n", System.Text.Encoding.UTF8.GetBytes(View)));
        string picture = Path.Combine(_directory.Path, "frame.jpg"), drawn = Path.Combine(_directory.Path, "frame.svg");
        await File.WriteAllBytesAsync(picture, MadeUpJpegs.OfWidth(40), TestContext.Current.CancellationToken);

        CliRun run = await RunAsync(server, "camera", "test", "door", "--picture", picture, "--out", drawn);
        run.ExitCode.ShouldBe(0, run.Error);
        server.Requests.Single().Target.ShouldBe("/v1/cameras/door/frames?wait=true");
        XElement svg = XDocument.Load(drawn).Root!;
        XNamespace ns = svg.Name.Namespace;
        svg.Elements(ns + "rect")
            .Select(box => ((string)box.Attribute("x")!, (string)box.Attribute("width")!))
            .ShouldBe([("3.5", "10"), ("20", "9")]);
        svg.Elements(ns + "text").Select(label => label.Value).ShouldBe(["a&<b> 0.2500", "unknown"]);
        Convert.FromBase64String(((string)svg.Element(ns + "image")!.Attribute("href")!).Split(',')[1]).ShouldBe(
            await File.ReadAllBytesAsync(picture, TestContext.Current.CancellationToken));

        (await RunAsync(server, "camera", "test", "door", "--out", "frame.png")).ExitCode.ShouldBe((int)ExitCode.Usage);
    }

    [Fact]
    public async Task Test_asks_for_the_frame_and_what_is_seen_in_it_in_one_question()
    {
        byte[] jpeg = MadeUpJpegs.OfWidth(40);
        string view = $$"""
            {"camera":"door","at":"2026-03-01T08:00:00Z","width":40,"height":16,"tracks":[{"track":1,"box":{"x":3.5,"y":2,"width":10,"height":12},"decision":"unknown","confidence":1,"since":"2026-03-01T08:00:00Z"}],
            "picture":"{{Convert.ToBase64String(jpeg)}}"}
            """;
        const string nothing = """{"camera":"door","at":null,"width":0,"height":0,"tracks":[]}""";
        int asked = 0;
        await using var server = new CameraServer((_, stream) => CameraServer.AnswerAsync(
            stream,
            "200 OK",
            "Content-Type: application/json\r\n",
            System.Text.Encoding.UTF8.GetBytes(++asked == 1 ? nothing : view)));
        string drawn = Path.Combine(_directory.Path, "frame.svg");
        CliRun run = await RunAsync(server, "camera", "test", "door", "--out", drawn, "--json");
        run.ExitCode.ShouldBe(0, run.Error);
        server.Requests.Select(request => request.Target).ShouldBe(
            ["/v1/cameras/door/view?picture=true", "/v1/cameras/door/view?picture=true"], "none had come yet, and then one");
        XElement svg = XDocument.Load(drawn).Root!;
        string[] image = ((string)svg.Element(svg.Name.Namespace + "image")!.Attribute("href")!).Split(',');
        (image[0], Convert.FromBase64String(image[1]).AsSpan().SequenceEqual(jpeg)).ShouldBe(("data:image/jpeg;base64", true));
        JsonNode said = JsonNode.Parse(run.Out)!["view"]!;
        ((string?)said["camera"], said["picture"]).ShouldBe(("door", null));
    }

    [Fact]
    public void Metrics_are_summed_over_the_series_of_a_name()
    {
        const string Text = "# TYPE x counter\nx{state=\"user\"} 1.5 1700000000000\nx{state=\"sys}tem\"} 2\nx_more 40\nx 0.25\ny 3";
        NodeMetrics.Sum(Text, "x").ShouldBe(3.75);
        NodeMetrics.Sum(Text, "z").ShouldBe(0);
    }

    private static Task JsonAsync(Stream stream, string status, string json) =>
        CameraServer.AnswerAsync(stream, status, "Content-Type: application/json\r\n", System.Text.Encoding.UTF8.GetBytes(json));

    private static string Event(string kind, long id, string? person) =>
        $"event: {kind}\nid: {id}\ndata: "
            + $"{{\"id\":\"1\",\"camera\":\"door\",\"firstSeen\":\"2026-03-01T08:00:00Z\",\"lastSeen\":\"2026-03-01T08:00:05Z\"{(person is null ? "" : $",\"person\":\"{person}\"")}}}\n\n";

    private Task<CliRun> RunAsync(CameraServer server, params string[] args) =>
        CliRun.AtAsync($"http://{server.Authority}", _directory.Path, args);
}
