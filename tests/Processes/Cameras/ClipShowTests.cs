using System.Globalization;
using System.Net;
using System.Text.Json;
using FaceGrid.Tests.Support;
using Shouldly;
using SkiaSharp;
using Xunit;

namespace FaceGrid.Tests.Cameras;

/// <summary>
/// Goal: however a camera's frames come, everybody in sight is told once per visit, by the right name, and who is not enrolled by none.
/// Method: a real node, cameras of every kind of source over real clips at their own pace, some of whose people are enrolled from single
/// frames of them. Showings of each clip: <c>FACEGRID_CLIP_SHOWINGS</c>, default 1; where pictures of what was told are to go:
/// <c>FACEGRID_SCREENSHOTS</c>.
/// </summary>
public sealed class ClipShowTests(ITestOutputHelper output)
{
    private static readonly int Showings = int.TryParse(
        Environment.GetEnvironmentVariable("FACEGRID_CLIP_SHOWINGS"), CultureInfo.InvariantCulture, out int given) ? given : 1;

    [Fact]
    public async Task Everybody_is_reported_once_per_visit_and_by_their_name_from_every_kind_of_source()
    {
        Ffmpeg.Require();
        using var directory = new TemporaryDirectory();
        await using NodeProcess node = await NodeProcess.StartAsync(
            directory.Path,
            ("FACEGRID_MODELS", ""), // The built-in ones.
            ("FaceGrid__Outbound__Allow__0", "loopback"),
            ("FaceGrid__CameraSources__VideoDirectory", Path.Combine(TestData.Pictures, "video")));

        // By eye: two in front, enrolled; behind them, dark and blurred, one who looks over his seat and two at the window; and at the left
        // one whose cap and the edge of the picture hide his face. All in sight all the time.
        await ShowAsync(
            node, Clips.Airliner, strangersMax: 4, ("rachel", 12, new SKRectI(720, 100, 920, 340)),
            ("ross", 12, new SKRectI(360, 60, 620, 320)));

        // By eye: a singer, far off and then in one long shot; a pianist in profile, far off and then close and blurred; after the last cut
        // an audience of whom four can be seen, from the side.
        await ShowAsync(node, Clips.Concert, strangersMax: 5, ("singer", 28, new SKRectI(200, 0, 440, 240)));
    }

    private async Task ShowAsync(
        NodeProcess node, string clip, int strangersMax, params (string Person, int Frame, SKRectI Where)[] enrolled)
    {
        await using ClipSources sources = await ClipSources.StartAsync(clip);
        string place = Path.GetFileNameWithoutExtension(clip).Replace('_', '-');
        foreach ((string person, int frame, SKRectI where) in enrolled)
        {
            (int status, string body) = await Portraits.PostAsync(
                node, $"/v1/galleries/default/people/{person}/faces", Portraits.Cut(sources.Frames[frame], where));
            status.ShouldBe(201, body);
        }

        Dictionary<string, Task> shown = new(StringComparer.Ordinal);
        foreach ((string name, string kind, string address) in sources.Fetched)
        {
            await PutAsync(node, $"{place}-{name}", new { source = new { kind, address }, keepPicture = true });
            shown[$"{place}-{name}"] = WatchAsync(node, $"{place}-{name}", Task.Delay(sources.Length * Showings));
        }

        await PutAsync(node, $"{place}-frames", new { keepPicture = true });
        await PutAsync(node, $"{place}-stream", new { keepPicture = true });
        shown[$"{place}-frames"] = SendFramesAsync(node, $"{place}-frames", sources);
        shown[$"{place}-stream"] = WatchAsync(
            node, $"{place}-stream", sources.SendAsync(new Uri(node.Http.BaseAddress!, $"v1/cameras/{place}-stream/frames"), Showings));
        await Task.WhenAll(shown.Values);
        foreach (string camera in shown.Keys)
        {
            await CheckAsync(node, camera, [.. enrolled.Select(one => one.Person)], strangersMax);
        }
    }

    /// <summary>Frame by frame, dated, and each looked at: faster than the others where the machine can.</summary>
    private static async Task SendFramesAsync(NodeProcess node, string camera, ClipSources sources)
    {
        DateTimeOffset start = DateTimeOffset.UtcNow;
        for (int frame = 0; frame < sources.Frames.Length * Showings; frame++)
        {
            string at = start.AddSeconds((double)frame / ClipSources.FramesPerSecond)
                .ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
            (int status, string body) = await Portraits.PostAsync(
                node, $"/v1/cameras/{camera}/frames?wait=true&at={at}", sources.Frames[frame % sources.Frames.Length]);
            status.ShouldBe(200, body);
            CheckNobodyTwice(JsonDocument.Parse(body).RootElement.GetProperty("view"));
        }
    }

    /// <summary>Looks at what a camera sees while frames come to it.</summary>
    private static async Task WatchAsync(NodeProcess node, string camera, Task showing)
    {
        while (!showing.IsCompleted)
        {
            CheckNobodyTwice((await node.SendAsync(HttpMethod.Get, $"/v1/cameras/{camera}/view")).Body);
            await Task.WhenAny(showing, Task.Delay(200));
        }

        await showing;
    }

    private static void CheckNobodyTwice(JsonElement view)
    {
        JsonElement[] faces = [.. view.GetProperty("tracks").EnumerateArray()];
        faces.Select(face => Text(face, "person")).Where(person => person is not null).ShouldBeUnique();
        faces.Select(face => Text(face, "visit")).Where(visit => visit is not null).ShouldBeUnique();
    }

    private async Task CheckAsync(NodeProcess node, string camera, string[] enrolled, int strangersMax)
    {
        JsonElement frames = (await node.SendAsync(HttpMethod.Get, $"/v1/cameras/{camera}")).Body.GetProperty("status")
            .GetProperty("frames");
        await PutAsync(node, camera, new { enabled = false }); // Ends its visits.
        JsonElement[] visits =
            [.. (await node.SendAsync(HttpMethod.Get, $"/v1/cameras/{camera}/sightings")).Body.GetProperty("sightings").EnumerateArray()];
        string[] named = [.. visits.Select(visit => Text(visit, "person")).OfType<string>()];
        int strangers = visits.Length - named.Length;
        output.WriteLine(
            $"{camera,-32} frames {frames.GetProperty("processed"),3} dropped {frames.GetProperty("dropped"),3}  "
            + $"visits {visits.Length}  named {string.Join(' ', named.Order()),-12}  unknown {strangers}");
        await KeepPicturesAsync(node, camera, visits);

        visits.ShouldAllBe(visit => visit.GetProperty("status").GetString() == "ended");
        named.Order().ShouldBe(enrolled.Order(), $"{camera}: {string.Join('\n', visits)}");
        strangers.ShouldBeInRange(0, strangersMax, $"{camera}: {string.Join('\n', visits)}");
    }

    // For the eyes of whoever works on what is told.
    private static async Task KeepPicturesAsync(NodeProcess node, string camera, JsonElement[] visits)
    {
        if (Environment.GetEnvironmentVariable("FACEGRID_SCREENSHOTS") is not { Length: > 0 } directory)
        {
            return;
        }

        foreach (JsonElement visit in visits.Where(visit => visit.GetProperty("hasPicture").GetBoolean()))
        {
            byte[] picture = await node.Http.GetByteArrayAsync($"/v1/sightings/{Text(visit, "id")}/picture");
            await File.WriteAllBytesAsync(
                Path.Combine(directory, $"{camera}-{Text(visit, "person") ?? "unknown"}-{Text(visit, "id")![..4]}.jpg"), picture);
        }
    }

    private static async Task PutAsync(NodeProcess node, string camera, object settings)
    {
        (HttpStatusCode status, JsonElement body) = await node.SendAsync(HttpMethod.Put, $"/v1/cameras/{camera}", settings);
        status.ShouldBeOneOf([HttpStatusCode.Created, HttpStatusCode.OK], body.ToString());
    }

    private static string? Text(JsonElement element, string member) => element.TryGetProperty(member, out JsonElement value)
        ? value.GetString() : null;
}
