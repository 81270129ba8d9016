using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using FaceGrid.Tests.Support;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Cameras;

/// <summary>
/// Goal: a camera by HTTP alone, from its making to its end. Method: a real node with the models, and a clip that is sent picture by
/// picture and as a stream.
/// </summary>
public sealed class CameraHttpTests
{
    private const string Door = "/v1/cameras/door";

    [Fact]
    public async Task A_camera_is_made_shown_a_clip_and_deleted()
    {
        byte[][] frames = await Clips.FramesAsync(Clips.Airliner, 5);
        using var directory = new TemporaryDirectory();
        await using NodeProcess node = await NodeProcess.StartAsync(
            directory.Path,
            ("FACEGRID_MODELS", TestData.Models),
            ("FaceGrid__Vision__Detector", "yunet-n"),
            ("FaceGrid__Vision__Embedder", "mobilefacenet-foamliu-128"),
            ("FaceGrid__Gateway__ImageBytesMax", "1000000"));
        (await node.SendAsync(HttpMethod.Get, Door)).Status.ShouldBe(HttpStatusCode.NotFound);
        (await node.SendAsync(HttpMethod.Get, Door + "/frame")).Status.ShouldBe(HttpStatusCode.NotFound);

        (HttpStatusCode status, JsonElement camera) = await node.SendAsync(
            HttpMethod.Put, Door,
            new { name = "Front door", framesPerSecond = 30, zones = new[] { new[] { new[] { 0, 0 }, [1, 0], [1, 1], [0, 1] } } });
        status.ShouldBe(HttpStatusCode.Created);
        (camera.GetProperty("id").GetString(), camera.GetProperty("name").GetString(), camera.GetProperty("quality").GetString(),
            camera.GetProperty("visitGapSeconds").GetDouble()).ShouldBe(("door", "Front door", "shot", 30));
        (await node.SendAsync(HttpMethod.Get, Door + "/frame")).Status.ShouldBe(HttpStatusCode.NoContent);
        (status, JsonElement refused) = await node.SendAsync(HttpMethod.Put, Door, new { framesPerSecond = 1_000, faceSizeMin = 1 });
        (status, refused.GetProperty("code").GetString()).ShouldBe((HttpStatusCode.BadRequest, "invalid-camera"));
        refused.GetProperty("detail").GetString()!.ShouldContain("faceSizeMin");

        using HttpResponseMessage shown = await SendAsync(
            node, "?wait=true&at=2026-09-21T14:13:20Z", new ByteArrayContent(frames[0]), "image/jpeg");
        JsonElement view = JsonDocument.Parse(
            await shown.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).RootElement.GetProperty("view");
        (shown.StatusCode, view.GetProperty("width").GetInt32(), view.GetProperty("at").GetDateTimeOffset())
            .ShouldBe((HttpStatusCode.OK, 1_280, DateTimeOffset.FromUnixTimeSeconds(1_790_000_000)));
        view.GetProperty("tracks").GetArrayLength().ShouldBeGreaterThan(3);
        using (HttpResponseMessage newest = await node.Http.GetAsync(Door + "/frame", TestContext.Current.CancellationToken))
        {
            newest.Content.Headers.ContentType!.MediaType.ShouldBe("image/jpeg");
            newest.Headers.GetValues("X-Frame-At").Single().ShouldBe("2026-09-21T14:13:20.0000000Z");
            (await newest.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).ShouldBe(frames[0]);
        }

        using HttpResponseMessage streamed = await SendAsync(node, "", Stream(frames), "multipart/x-mixed-replace; boundary=next");
        JsonElement counts = JsonDocument.Parse(
            await streamed.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).RootElement;
        streamed.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        (counts.GetProperty("accepted").GetInt32() + counts.GetProperty("dropped").GetInt32()).ShouldBe(frames.Length);

        (await CodeAsync(await SendAsync(node, "?wait=true", new ByteArrayContent(frames[1][..5_000]), "image/jpeg")))
            .ShouldBe("corrupt-picture");
        (await CodeAsync(await SendAsync(node, "?wait=true", new ByteArrayContent("no picture"u8.ToArray()), "image/jpeg")))
            .ShouldBe("not-a-picture");
        (await CodeAsync(await SendAsync(node, "", Stream([new byte[1_100_000]]), "multipart/x-mixed-replace; boundary=next")))
            .ShouldBe("too-many-bytes");
        (await CodeAsync(
            await SendAsync(node, "", new ByteArrayContent("no parts"u8.ToArray()), "multipart/x-mixed-replace; boundary=next")))
            .ShouldBe("invalid-parameter");
        (await CodeAsync(await SendAsync(node, "?wait=true", Stream(frames[..2]), "multipart/x-mixed-replace; boundary=next")))
            .ShouldBe("invalid-parameter");

        await Eventually.AssertAsync(async () =>
        {
            JsonElement now = (await node.SendAsync(HttpMethod.Get, Door)).Body.GetProperty("status");
            JsonElement counted = now.GetProperty("frames");
            (counted.GetProperty("processed").GetInt32() + counted.GetProperty("dropped").GetInt32()).ShouldBe(1 + frames.Length);
            counted.GetProperty("unusable").GetInt32().ShouldBe(2);
        });
        (await node.SendAsync(HttpMethod.Get, "/v1/cameras")).Body.GetProperty("cameras")[0].TryGetProperty("status", out _)
            .ShouldBeFalse();
        (await node.SendAsync(HttpMethod.Delete, Door)).Status.ShouldBe(HttpStatusCode.NoContent);
        (await node.SendAsync(HttpMethod.Get, Door)).Status.ShouldBe(HttpStatusCode.NotFound);
        (await node.SendAsync(HttpMethod.Get, "/v1/cameras")).Body.GetProperty("cameras").GetArrayLength().ShouldBe(0);
    }

    private static async Task<HttpResponseMessage> SendAsync(NodeProcess node, string query, ByteArrayContent content, string type)
    {
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        return await node.Http.PostAsync($"{Door}/frames{query}", content, TestContext.Current.CancellationToken);
    }

    private static async Task<string?> CodeAsync(HttpResponseMessage response)
    {
        using (response)
        {
            return JsonDocument.Parse(
                await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).RootElement.GetProperty("code")
                .GetString();
        }
    }

    /// <summary>Pictures as a network camera sends them.</summary>
    private static ByteArrayContent Stream(IEnumerable<byte[]> pictures)
    {
        using var body = new MemoryStream();
        foreach (byte[] picture in pictures)
        {
            body.Write(Encoding.ASCII.GetBytes($"--next\r\nContent-Type: image/jpeg\r\nContent-Length: {picture.Length}\r\n\r\n"));
            body.Write(picture);
            body.Write("\r\n"u8);
        }

        body.Write("--next--\r\n"u8);
        return new ByteArrayContent(body.ToArray());
    }
}
