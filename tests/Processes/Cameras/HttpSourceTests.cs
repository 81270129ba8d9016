using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using FaceGrid.Abstractions.Cameras;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Cameras.Sources;
using FaceGrid.Tests.Support.Cameras;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Cameras;

/// <summary>
/// Goal: pictures of network cameras arrive whatever their manners are, and what they do wrong is told in words, once they are believed to
/// be cameras at all. Method: real connections to servers that misbehave as asked.
/// </summary>
public sealed class HttpSourceTests
{
    private static readonly FrameSourceOptions Impatient = new() { SilenceMax = TimeSpan.FromMilliseconds(500), FrameBytesMax = 64 << 10 };

    [Theory]
    [InlineData("multipart/x-mixed-replace; boundary=frame", "--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {0}\r\n\r\n", "\r\n")]
    [InlineData("multipart/x-mixed-replace;boundary=\"--my frame\"", "----my frame\r\nContent-Type: image/jpeg\r\n\r\n", "\r\n")]
    [InlineData("multipart/x-mixed-replace; boundary=--a; boundary=\"", "--b\nContent-length: 99999999\n\n", "\n\n\n")]
    [InlineData("video/x-motion-jpeg", "", "")]
    [InlineData("multipart/x-mixed-replace; boundary=b", "noise \u00ff\u00d8\u00ff more noise --b\r\n\r\n", "\u00ff\u00d8\u00ff\u00e0")]
    public async Task Mjpeg_however_a_camera_writes_it(string type, string before, string after)
    {
        byte[] picture = MadeUpJpegs.OfWidth(50);
        await using var server = new CameraServer(async (_, stream) =>
        {
            await CameraServer.WriteAsync(stream, $"HTTP/1.0 200 OK\r\nContent-Type: {type}\r\n\r\n");
            while (true)
            {
                await CameraServer.WriteAsync(stream, before.Replace("{0}", $"{picture.Length}", StringComparison.Ordinal));
                await stream.WriteAsync(picture);
                await CameraServer.WriteAsync(stream, after);
                await Task.Delay(20);
            }
        });
        await using var run = new SourceRun(new CameraSource(CameraSourceKind.Mjpeg, server.Address));
        await run.UntilAsync(run => run.Frames.Count >= 5);
        run.Frames.ShouldAllBe(frame => MadeUpJpegs.Are(frame.Picture, picture));
        run.Health.Connected.ShouldBeTrue();
        run.Health.Error.ShouldBeNull();
        run.Health.LastFrameAt.ShouldNotBeNull().ShouldBe(DateTimeOffset.UtcNow, TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task Frames_above_the_rate_are_left_out_and_of_those_that_come_together_the_newest_is_taken()
    {
        // So few that they come with the head in the client's first read, in which HttpClient takes 4,096 bytes.
        byte[][] burst = [.. Enumerable.Range(1, 5).Select(MadeUpJpegs.OfWidth)];
        byte[] answer = [
            .. "HTTP/1.0 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=b\r\n\r\n"u8, .. burst.SelectMany(picture => picture)];
        answer.Length.ShouldBeLessThan(4_096);
        await using var server = new CameraServer(async (_, stream) =>
        {
            await stream.WriteAsync(answer);
            await CameraServer.UntilLeftAsync(stream);
        });
        await using var run = new SourceRun(new CameraSource(CameraSourceKind.Mjpeg, server.Address), framesPerSecond: 0.01);
        await run.UntilAsync(run => run.Health.Frames == 5);
        run.Frames.ShouldHaveSingleItem();
        MadeUpJpegs.WidthOf(run.Frames.Single().Picture).ShouldBe(5);
    }

    [Fact]
    public async Task Half_pictures_are_left_out_and_the_next_connection_goes_on()
    {
        byte[] picture = MadeUpJpegs.Intricate(500, 9);
        await using var server = new CameraServer(async (_, stream) =>
        {
            await CameraServer.WriteAsync(
                stream, "HTTP/1.0 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=b\r\n\r\n--b\r\n\r\n");
            await stream.WriteAsync(picture.AsMemory(0, picture.Length / 2));
            await CameraServer.WriteAsync(stream, "\r\n--b\r\n\r\n");
            await stream.WriteAsync(picture);
            await stream.WriteAsync(picture.AsMemory(0, picture.Length / 2));
        });
        await using var run = new SourceRun(new CameraSource(CameraSourceKind.Mjpeg, server.Address));
        await run.UntilAsync(run => run.Frames.Count >= 2);
        run.Frames.ShouldAllBe(frame => MadeUpJpegs.Are(frame.Picture, picture));
        run.Health.Restarts.ShouldBeGreaterThanOrEqualTo(1);
        await run.UntilAsync(run => run.Health.Error == "The camera ended the stream.");
    }

    [Theory]
    [InlineData(
        "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0\r\n\r\n",
        "asks for a user name and password (401)")]
    [InlineData("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "nothing at this path (404)")]
    [InlineData("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n", "status 503")]
    [InlineData(
        "HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/latest\r\nContent-Length: 0\r\n\r\n",
        "leads on to 169.254.169.254 (302), which is not followed")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>", "gives text/html")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}", "gives application/json")]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n", "does not speak HTTP")]
    [InlineData("", "does not speak HTTP")]
    public async Task What_is_no_camera_is_reported_in_words(string answer, string words)
    {
        foreach (CameraSourceKind kind in (CameraSourceKind[])[CameraSourceKind.Mjpeg, CameraSourceKind.Snapshot])
        {
            await using var server = new CameraServer((_, stream) => CameraServer.WriteAsync(stream, answer));
            await using var run = new SourceRun(new CameraSource(kind, server.Address));
            (await run.ErrorAsync()).ShouldContain(words);
            run.Frames.ShouldBeEmpty();
        }
    }

    [Theory]
    [InlineData(CameraSourceKind.Mjpeg, "Content-Type: image/jpeg\r\n", "its kind is snapshot")]
    [InlineData(CameraSourceKind.Snapshot, "Content-Type: multipart/x-mixed-replace; boundary=x\r\n", "its kind is mjpeg")]
    [InlineData(CameraSourceKind.Snapshot, "Content-Type: text/plain\r\n", "gives text/plain")]
    public async Task A_wrong_kind_is_reported(CameraSourceKind kind, string headers, string words)
    {
        await using var server = new CameraServer((_, stream) => CameraServer.AnswerAsync(stream, "200 OK", headers, "hello"u8.ToArray()));
        await using var run = new SourceRun(new CameraSource(kind, server.Address));
        (await run.ErrorAsync()).ShouldContain(words);
    }

    [Theory]
    [InlineData("nothing", "No picture came for")]
    [InlineData("drip", "No picture came for")]
    [InlineData("headers", "than it may be")]
    [InlineData("garbage", "complete JPEG pictures")]
    [InlineData("halves", "complete JPEG pictures")]
    [InlineData("huge", "larger than 64 KiB")]
    public async Task A_camera_that_only_takes_our_time_is_left(string habit, string words)
    {
        byte[] picture = MadeUpJpegs.Intricate(habit == "huge" ? 100_000 : 1_000, 5);
        byte[] noise = RandomNumberGenerator.GetBytes(10_000).Select(one => (byte)(one | 1)).ToArray();
        await using var server = new CameraServer(async (_, stream) =>
        {
            await CameraServer.WriteAsync(stream, "HTTP/1.1 200 OK\r\n");
            if (habit is not ("headers" or "drip"))
            {
                await CameraServer.WriteAsync(stream, "Content-Type: multipart/x-mixed-replace; boundary=b\r\n\r\n");
            }

            while (true)
            {
                await (habit switch
                {
                    "headers" => CameraServer.WriteAsync(stream, $"X-{Guid.NewGuid()}: {new string('a', 1_000)}\r\n"),
                    "drip" => CameraServer.WriteAsync(stream, "X"),
                    "garbage" => stream.WriteAsync(noise).AsTask(),
                    "halves" => stream.WriteAsync(picture.AsMemory(0, 900)).AsTask(),
                    "huge" => stream.WriteAsync(picture).AsTask(),
                    _ => CameraServer.UntilLeftAsync(stream),
                });
                await Task.Delay(habit switch { "drip" => 100, "headers" => 1, _ => 10 });
            }
        });
        await using var run = new SourceRun(new CameraSource(CameraSourceKind.Mjpeg, server.Address), options: Impatient);
        // On a busy machine nothing at all may come within the first half second.
        await run.UntilAsync(run => run.Health.Error?.Contains(words, StringComparison.Ordinal) == true);
        run.Frames.ShouldBeEmpty();
        await run.UntilAsync(run => run.Health.Restarts >= 1);
    }

    [Fact]
    public async Task Snapshots_are_polled_one_at_a_time_and_not_fetched_again_when_they_have_not_changed()
    {
        int version = 1, inFlight = 0, mostInFlight = 0;
        await using var server = new CameraServer(async (request, stream) =>
        {
            mostInFlight = Math.Max(mostInFlight, Interlocked.Increment(ref inFlight));
            string tag = $"\"v{version}\"";
            await Task.Delay(30);
            Interlocked.Decrement(ref inFlight);
            await (request.Header("If-None-Match") == tag
                ? CameraServer.WriteAsync(stream, "HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n")
                : CameraServer.AnswerAsync(
                    stream, "200 OK", $"Content-Type: application/octet-stream\r\nETag: {tag}\r\n", MadeUpJpegs.OfWidth(10 + version)));
        });
        await using var run = new SourceRun(new CameraSource(CameraSourceKind.Snapshot, server.Address), framesPerSecond: 50);
        await run.UntilAsync(_ => server.Requests.Count >= 6);
        run.Frames.ShouldHaveSingleItem();
        run.Health.Connected.ShouldBeTrue();
        version = 2;
        await run.UntilAsync(run => run.Frames.Count == 2);
        MadeUpJpegs.WidthOf(run.Frames.Last().Picture).ShouldBe(12);
        mostInFlight.ShouldBe(1);
    }

    [Fact]
    public async Task A_snapshot_that_breaks_off_or_is_half_is_left_out()
    {
        byte[] picture = MadeUpJpegs.OfWidth(70);
        int requests = 0;
        // Each answer waits until the one before was seen.
        TaskCompletionSource sawFirst = new(TaskCreationOptions.RunContinuationsAsynchronously),
            sawSecond = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = new CameraServer(async (_, stream) =>
        {
            switch (Interlocked.Increment(ref requests))
            {
                case 1:
                    await CameraServer.WriteAsync(
                        stream, $"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nContent-Length: {picture.Length}\r\n\r\nshort");
                    return;
                case 2:
                    await sawFirst.Task;
                    await CameraServer.AnswerAsync(stream, "200 OK", "Content-Type: image/jpeg\r\n", picture[..^5]);
                    return;
                default:
                    await sawSecond.Task;
                    await CameraServer.AnswerAsync(stream, "200 OK", "Content-Type: image/jpeg\r\n", picture);
                    return;
            }
        });
        await using var run = new SourceRun(new CameraSource(CameraSourceKind.Snapshot, server.Address));
        (await run.ErrorAsync()).ShouldContain("broke in the middle");
        sawFirst.SetResult();
        await run.UntilAsync(run => run.Health.Error == "The picture is not a complete JPEG.");
        sawSecond.SetResult();
        await run.UntilAsync(run => !run.Frames.IsEmpty);
        run.Frames.First().Picture.ToArray().ShouldBe(picture);
        run.Health.Restarts.ShouldBe(2);
    }

    [Theory]
    [InlineData(CameraSourceKind.Mjpeg, true)]
    [InlineData(CameraSourceKind.Snapshot, true)]
    [InlineData(CameraSourceKind.Snapshot, false)]
    public async Task Cameras_ask_for_a_name_and_password_by_Digest_or_Basic(CameraSourceKind kind, bool digest)
    {
        const string Name = "eve", Password = "p\"a:s%s";
        string basic = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Name}:{Password}"));
        byte[] picture = MadeUpJpegs.OfWidth(80);
        await using var server = new CameraServer((request, stream) =>
            !(digest ? DigestCheck.Passes(request, Name, Password) : request.Header("Authorization") == basic)
                ? CameraServer.AnswerAsync(
                    stream, "401 Unauthorized", digest ? DigestCheck.Challenge : "WWW-Authenticate: Basic realm=\"camera\"\r\n", [])
                : CameraServer.AnswerAsync(stream, "200 OK", kind == CameraSourceKind.Mjpeg
                    ? "Content-Type: multipart/x-mixed-replace;boundary=b\r\n" : "", picture));
        await using var run = new SourceRun(new CameraSource(kind, server.Address, Name, Password));
        await run.UntilAsync(run => run.Frames.Count >= 2);

        await using var wrong = new SourceRun(new CameraSource(kind, server.Address, Name, "guess"));
        string error = await wrong.ErrorAsync();
        error.ShouldBe("The camera refuses the user name or password (401).");
    }

    [Fact]
    public async Task A_certificate_that_nobody_trusts_is_reported()
    {
        using var key = RSA.Create(2048);
        using X509Certificate2 certificate = new CertificateRequest("CN=camera", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        await using var server = new CameraServer(
            (_, stream) => CameraServer.AnswerAsync(stream, "200 OK", "", MadeUpJpegs.OfWidth(9)), certificate);
        CameraSource[] sources =
        [
            new(CameraSourceKind.Snapshot, server.Address),
            new(CameraSourceKind.Video, server.Address),
            new(CameraSourceKind.Video, $"rtsps://{server.Authority}/"),
        ];
        foreach (CameraSource source in sources)
        {
            await using var run = new SourceRun(source);
            string error = await run.ErrorAsync();
            error.ShouldStartWith("No trusted TLS connection to ");
            error.ShouldContain("Add the camera's certificate");
        }

        server.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Addresses_that_are_not_allowed_are_refused_at_once_or_when_the_name_is_known()
    {
        await using var server = new CameraServer((_, stream) => CameraServer.AnswerAsync(stream, "200 OK", "", MadeUpJpegs.OfWidth(9)));
        IFrameSources byDefault = SourceRun.Sources(allow: []);
        foreach (
            string address in (
            string[])[server.Address, "http://localhost/", "http://169.254.169.254/latest", "http://u:p@10.0.0.1/", "ftp://10.0.0.1/",
            "file:///etc/passwd", "nonsense", ""])
        {
            Should.Throw<FaceGridException>(() => byDefault.Open(new CameraSource(CameraSourceKind.Mjpeg, address), 5, 640)).Code.ShouldBe(
                ErrorCodes.InvalidCamera);
        }

        await using var nobody = new SourceRun(
            new CameraSource(CameraSourceKind.Snapshot, "http://camera.invalid/"), allow: ["10.0.0.0/8"]);
        (await nobody.ErrorAsync()).ShouldBe("Nobody knows the name camera.invalid.");
        await using var machine = new SourceRun(
            new CameraSource(CameraSourceKind.Snapshot, $"http://{System.Net.Dns.GetHostName()}:{server.Authority.Split(':')[1]}/"),
            allow: ["10.99.0.0/16"]);
        (await machine.ErrorAsync()).ShouldContain("FaceGrid:Outbound:Allow");
        server.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_port_where_nobody_listens_is_reported_and_tried_again()
    {
        string authority;
        await using (var server = new CameraServer((_, _) => Task.CompletedTask))
        {
            authority = server.Authority;
        }

        await using var run = new SourceRun(new CameraSource(CameraSourceKind.Mjpeg, $"http://{authority}/"));
        (await run.ErrorAsync()).ShouldStartWith($"{authority} takes no connection: ");
        await run.UntilAsync(run => run.Health.Restarts >= 1);
    }
}
