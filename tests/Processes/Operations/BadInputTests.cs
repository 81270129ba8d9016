using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using FaceGrid.Abstractions.Embedding;
using FaceGrid.Tests.Support;
using Shouldly;
using SkiaSharp;
using Xunit;

namespace FaceGrid.Tests.Operations;

/// <summary>Goal: whatever is sent gets its documented status and code, and the node goes on. Method: a real node with real models, real HTTP.</summary>
public sealed class BadInputTests : IAsyncLifetime
{
    private const string Enrol = "/v1/galleries/default/people/ada/faces";
    private const string Identify = "/v1/galleries/default/identify";
    private readonly TemporaryDirectory _directory = new();
    private NodeProcess _node = null!;

    public async ValueTask InitializeAsync() =>
        _node = await NodeProcess.StartAsync(_directory.Path, ("FACEGRID_MODELS", TestData.Models), ("FaceGrid__Gateway__ImageBytesMax", "4000000"));

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        _directory.Dispose();
    }

    [Fact]
    public async Task Every_bad_request_gets_its_code_and_the_node_stays_up()
    {
        byte[] group = await File.ReadAllBytesAsync(Path.Combine(TestData.Pictures, "group", "obama_family.jpg"), TestContext.Current.CancellationToken);
        byte[] grey = Picture(320, 240, SKColors.Gray);
        (string What, string Path, byte[] Body, string Type, int Status, string Code)[] cases =
        [
            ("empty body", Enrol, [], "image/jpeg", 400, "empty-body"),
            ("text named .jpg", Enrol, Encoding.UTF8.GetBytes("this is not a picture, whatever its name says"), "image/jpeg", 415, "not-a-picture"),
            ("truncated JPEG", Enrol, group[..(group.Length / 2)], "image/jpeg", 422, "corrupt-picture"),
            ("arithmetic JPEG", Enrol, Arithmetic(group), "image/jpeg", 415, "unsupported-picture"),
            ("PNG bomb", Enrol, PngHeader(60_000, 60_000), "image/png", 413, "too-many-pixels"),
            ("too many bytes", Enrol, new byte[5_000_000], "image/jpeg", 413, "too-many-bytes"),
            ("no face", Enrol, grey, "image/png", 422, "no-face"),
            ("several faces", Enrol, group, "image/jpeg", 422, "several-faces"),
            ("unknown gallery", "/v1/galleries/nowhere/identify", group, "image/jpeg", 404, "gallery-not-found"),
            ("bad gallery id", "/v1/galleries/No_Where/identify", group, "image/jpeg", 400, "invalid-gallery-id"),
            ("bad person id", "/v1/galleries/default/people/a%20b/faces", group, "image/jpeg", 400, "invalid-person-id"),
            ("wrong content type", Enrol, group, "text/plain", 415, "unsupported-media-type"),
            ("limit out of range", Identify + "?limit=0", group, "image/jpeg", 400, "invalid-parameter"),
            ("not JSON", Enrol, "{"u8.ToArray(), "application/json", 400, "invalid-json"),
            ("unknown member", Enrol, "{\"embeding\":[1]}"u8.ToArray(), "application/json", 400, "invalid-json"),
            ("member of the wrong type", Enrol, "{\"embedding\":{\"a\":1}}"u8.ToArray(), "application/json", 400, "invalid-json"),
        ];
        foreach ((string what, string path, byte[] body, string type, int status, string code) in cases)
        {
            await ShouldAnswerAsync(what, path, body, type, status, code);
        }

        // The first enrolment binds the gallery's contract; embeddings are checked against it from then on.
        byte[] face = await OneFaceAsync();
        await ShouldAnswerAsync("one face", Enrol, face, "image/jpeg", 201, "");
        await ShouldAnswerAsync("the same again", Enrol, face, "image/jpeg", 200, "");
        await ShouldAnswerAsync("unknown person", "/v1/galleries/default/people/nobody/verify", face, "image/jpeg", 404, "person-not-found");
        await ShouldAnswerAsync("wrong dimension", Enrol, Json(new float[127]), "application/json", 422, "wrong-dimension");
        await ShouldAnswerAsync("zero norm", Enrol, Json(new float[128]), "application/json", 422, "zero-norm");
        float[] nan = new float[128];
        nan[3] = float.NaN;
        byte[] base64 = JsonSerializer.SerializeToUtf8Bytes(new { embedding = Convert.ToBase64String(Vectors.ToBytes(nan)) });
        await ShouldAnswerAsync("NaN", Enrol, base64, "application/json", 422, "not-finite");
        await ShouldAnswerAsync("face too small", Enrol, Small(face), "image/png", 422, "face-too-small");

        await DisconnectAsync(group);
        await ShouldAnswerAsync("after all that", Identify, face, "image/jpeg", 200, "");
        _node.Output.ShouldNotContain("fail:");
    }

    // Each large picture is 70 MB of pixels; a node that kept what it should give back would hold gigabytes after these.
    [Fact]
    public async Task Memory_returns_after_a_flood_of_large_and_broken_pictures()
    {
        byte[] large = Noise(4_000, 3_000);
        byte[] broken = large[..(large.Length / 2)];
        int read = 0;
        await FloodAsync(8);
        long before = ResidentBytes();
        await FloodAsync(24);

        var limit = System.Diagnostics.Stopwatch.StartNew();
        while (ResidentBytes() > before + 300_000_000 && limit.Elapsed < TimeSpan.FromSeconds(60))
        {
            await Task.Delay(200, TestContext.Current.CancellationToken);
        }

        ResidentBytes().ShouldBeLessThan(before + 300_000_000);

        // A machine that has other things to do answers some with 503 in the end; how often each code comes is the other test's affair.
        async Task FloodAsync(int rounds)
        {
            read = 0;
            await Parallel.ForAsync(0, rounds, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (_, _) =>
            {
                await SendAsync(large, "image/jpeg", 422);
                await SendAsync(broken, "image/jpeg", 422);
                await SendAsync(PngHeader(60_000, 60_000), "image/png", 413);
                await DisconnectAsync(large);
            });
            read.ShouldBeGreaterThan(rounds, "pictures that were read");
        }

        async Task SendAsync(byte[] body, string type, int status)
        {
            (int answered, string text) = await PostAsync(Enrol, body, type);
            answered.ShouldBeOneOf([status, 503], text);
            Interlocked.Add(ref read, answered == status ? 1 : 0);
        }
    }

    private long ResidentBytes()
    {
        _node.Process.Refresh();
        return _node.Process.WorkingSet64;
    }

    private static byte[] Noise(int width, int height)
    {
        using var bitmap = new SKBitmap(width, height);
        new Random(1).NextBytes(bitmap.GetPixelSpan());
        using SKData data = bitmap.Encode(SKEncodedImageFormat.Jpeg, 5);
        return data.ToArray();
    }

    private async Task ShouldAnswerAsync(string what, string path, byte[] body, string type, int status, string code)
    {
        (int answered, string text) = await PostAsync(path, body, type);
        answered.ShouldBe(status, $"{what}: {text}");
        if (code.Length > 0)
        {
            JsonDocument.Parse(text).RootElement.GetProperty("code").GetString().ShouldBe(code, what);
        }
    }

    private async Task<(int Status, string Text)> PostAsync(string path, byte[] body, string type)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(type);
        using HttpResponseMessage response = await _node.Http.SendAsync(request);
        response.Content.Headers.ContentType!.MediaType.ShouldBe(response.IsSuccessStatusCode ? "application/json" : "application/problem+json");
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    private async Task DisconnectAsync(byte[] picture)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, _node.Http.BaseAddress!.Port);
        byte[] head = Encoding.ASCII.GetBytes($"POST {Identify} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: image/jpeg\r\nContent-Length: {picture.Length}\r\n\r\n");
        await client.GetStream().WriteAsync(head);
        await client.GetStream().WriteAsync(picture.AsMemory(0, picture.Length / 2));
        client.LingerState = new LingerOption(enable: true, 0);
    }

    private static async Task<byte[]> OneFaceAsync()
    {
        using System.IO.Compression.ZipArchive zip = System.IO.Compression.ZipFile.OpenRead(Path.Combine(TestData.Pictures, "lfw", "lfw_raw250_view2.zip"));
        using Stream entry = zip.Entries.First(candidate => candidate.FullName.EndsWith("Aaron_Guiel_0001.jpg", StringComparison.Ordinal)).Open();
        using var bytes = new MemoryStream();
        await entry.CopyToAsync(bytes);
        return bytes.ToArray();
    }

    private static byte[] Small(byte[] picture)
    {
        using SKBitmap full = SKBitmap.Decode(picture);
        using SKBitmap small = full.Resize(new SKImageInfo(70, 70), new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear));
        using SKData data = small.Encode(SKEncodedImageFormat.Png, 100);
        return data.ToArray();
    }

    private static byte[] Picture(int width, int height, SKColor colour)
    {
        using var bitmap = new SKBitmap(width, height);
        bitmap.Erase(colour);
        using SKData data = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        return data.ToArray();
    }

    private static byte[] Json(float[] embedding) => JsonSerializer.SerializeToUtf8Bytes(new { embedding });

    // Signature and header of a PNG that promises far more than it holds.
    /// <summary>A JPEG whose frame header says that it has arithmetic coding: marker SOF9 in place of SOF2 or SOF0.</summary>
    private static byte[] Arithmetic(byte[] jpeg)
    {
        byte[] changed = [.. jpeg];
        int frame = changed.AsSpan().IndexOf([(byte)0xFF, (byte)0xC2]);
        frame = frame < 0 ? changed.AsSpan().IndexOf([(byte)0xFF, (byte)0xC0]) : frame;
        changed[frame + 1] = 0xC9;
        return changed;
    }

    private static byte[] PngHeader(int width, int height)
    {
        byte[] chunk = [.. "IHDR"u8, .. BigEndian(width), .. BigEndian(height), 8, 2, 0, 0, 0];
        byte[] crc = BigEndian((int)Crc32(chunk));
        return [0x89, .. "PNG\r\n"u8, 0x1a, (byte)'\n', .. BigEndian(13), .. chunk, .. crc, .. BigEndian(0), .. "IDAT"u8, .. BigEndian((int)Crc32("IDAT"u8.ToArray()))];
    }

    private static byte[] BigEndian(int value) => [(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value];

    private static uint Crc32(byte[] bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ ((crc & 1) * 0xedb88320u);
            }
        }

        return ~crc;
    }
}
