using System.Diagnostics;
using FaceGrid.Abstractions.Cameras;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Cameras.Sources;
using FaceGrid.Tests.Support;
using FaceGrid.Tests.Support.Cameras;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Cameras;

/// <summary>
/// Goal: what ffmpeg can read comes as pictures at the rate and width asked for; ffmpeg is started again when it dies, leaves nothing
/// behind, reaches nobody by itself and is told no password that others can see. Method: the machine's ffmpeg on real clips, over HTTP from
/// a server and over RTSP from a camera that the test plays. Each test finds its own ffmpeg by the odd width it asks for.
/// </summary>
public sealed class VideoSourceTests
{
    private static readonly Lazy<byte[]> TransportStream = new(() => Clips.TransportStream(Clips.Concert));

    [Fact]
    public async Task A_file_is_played_in_real_time_again_and_again_and_ffmpeg_is_replaced_when_it_dies()
    {
        // The clip has 640 x 360 pixels and lasts 10 s.
        long start = Stopwatch.GetTimestamp();
        await using SourceRun run = OfFile(widthMax: 321, framesPerSecond: 5);
        await run.UntilAsync(run => run.Frames.Count >= 10);
        Stopwatch.GetElapsedTime(start).TotalSeconds.ShouldBeGreaterThan(1.5); // Not as fast as it can be decoded.
        run.Frames.ShouldAllBe(frame => MadeUpJpegs.WidthOf(frame.Picture) == 321);
        run.Health.Error.ShouldBeNull();

        Process.GetProcessById(Ffmpegs(321).ShouldHaveSingleItem()).Kill();
        await run.UntilAsync(run => run.Health.Restarts == 1);
        int before = run.Frames.Count;
        await run.UntilAsync(run => run.Frames.Count > before && run.Health is { Restarts: 1, Connected: true });
        await run.DisposeAsync();
        Ffmpegs(321).ShouldBeEmpty();
    }

    [Fact]
    public async Task Frames_are_never_made_larger()
    {
        await using SourceRun run = OfFile(widthMax: 3_333, framesPerSecond: 60);
        await run.UntilAsync(run => run.Frames.Count >= 5);
        run.Frames.ShouldAllBe(frame => MadeUpJpegs.WidthOf(frame.Picture) == 640);
    }

    [Fact]
    public async Task Video_over_http_is_fetched_by_the_node()
    {
        byte[] video = TransportStream.Value;
        await using var server = new CameraServer(async (request, stream) =>
        {
            if (!DigestCheck.Passes(request, "eve", "secret"))
            {
                await CameraServer.AnswerAsync(stream, "401 Unauthorized", DigestCheck.Challenge, []);
                return;
            }

            await CameraServer.WriteAsync(stream, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"); // No length: live.
            await stream.WriteAsync(video);
        });
        await using var run = new SourceRun(
            new CameraSource(CameraSourceKind.Video, server.Address, "eve", "secret"), framesPerSecond: 60, widthMax: 323);
        await run.UntilAsync(run => run.Frames.Count >= 20 && run.Health.Restarts >= 1);
        run.Frames.ShouldAllBe(frame => MadeUpJpegs.WidthOf(frame.Picture) == 323);
    }

    [Fact]
    public async Task A_playlist_does_not_lead_ffmpeg_anywhere()
    {
        await using var target = new CameraServer((_, stream) => CameraServer.AnswerAsync(stream, "200 OK", "", TransportStream.Value));
        byte[] playlist = System.Text.Encoding.ASCII.GetBytes(
            $"#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\n{target.Address}.ts\n#EXTINF:5,\nfile:///etc/hostname\n#EXT-X-ENDLIST\n");
        await using var server = new CameraServer(
            (_, stream) => CameraServer.AnswerAsync(stream, "200 OK", "Content-Type: application/vnd.apple.mpegurl\r\n", playlist));
        await using var run = new SourceRun(new CameraSource(CameraSourceKind.Video, server.Address));
        (await run.ErrorAsync()).ShouldStartWith("ffmpeg ended: ");
        target.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Rtsp_with_a_password_that_nobody_sees()
    {
        const string Name = "eve", Password = "p'a\"s%s wörd@/";
        await using var server = new RtspServer(TransportStream.Value, request =>
            request.Method == "OPTIONS" || DigestCheck.Passes(request, Name, Password) ? null
                : $"401 Unauthorized\r\n{DigestCheck.Challenge}\r\n");
        await using (
            var run = new SourceRun(
            new CameraSource(CameraSourceKind.Video, server.Address, Name, Password), framesPerSecond: 5, widthMax: 325))
        {
            await run.UntilAsync(run => run.Frames.Count >= 5);
            run.Frames.ShouldAllBe(frame => MadeUpJpegs.WidthOf(frame.Picture) == 325);
            string arguments = File.ReadAllText($"/proc/{Ffmpegs(325).ShouldHaveSingleItem()}/cmdline") + File.ReadAllText(
                $"/proc/{Ffmpegs(325)[0]}/environ");
            arguments.ShouldNotContain("w%C3");
            arguments.ShouldNotContain("wörd");
        }

        Ffmpegs(325).ShouldBeEmpty();
        await using var wrong = new SourceRun(new CameraSource(CameraSourceKind.Video, server.Address, Name, "guessed-it"), widthMax: 325);
        string error = await wrong.ErrorAsync();
        error.ShouldContain("401");
        error.ShouldNotContain("guessed-it");
        error.ShouldNotContain(Name + ":");
    }

    [Theory]
    [InlineData("302 Found\r\nLocation: {0}\r\n\r\n")]
    [InlineData("399 Elsewhere\r\nX: y\nlOcAtIoN:{0}\r\n\r\n")]
    [InlineData("302 Found\r\nLoc\rati\r\ron: {0}\r\n\r\n")]
    [InlineData("302 Found\r\n[packet]Location: {0}\r\n\r\n")]
    public async Task Rtsp_that_leads_elsewhere_is_not_followed(string answer)
    {
        await using var target = new RtspServer(TransportStream.Value);
        await using var server = new RtspServer([], request =>
            request.Method == "DESCRIBE" ? answer.Replace("{0}", target.Address, StringComparison.Ordinal)
                .Replace("[packet]", "$\0\0\u0001x", StringComparison.Ordinal) : null);
        await using var run = new SourceRun(new CameraSource(CameraSourceKind.Video, server.Address));
        (await run.ErrorAsync()).ShouldContain("leads on to another address, which is not followed");
        target.Connections.ShouldBe(0);
        run.Frames.ShouldBeEmpty();
    }

    [Fact]
    public async Task Silence_ends_ffmpeg_too()
    {
        await using var server = new CameraServer(async (_, stream) =>
        {
            await CameraServer.WriteAsync(stream, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
            await stream.WriteAsync(TransportStream.Value.AsMemory(0, 1_000));
            await CameraServer.UntilLeftAsync(stream);
        });
        await using var run = new SourceRun(
            new CameraSource(CameraSourceKind.Video, server.Address), widthMax: 327,
            options: new FrameSourceOptions { SilenceMax = TimeSpan.FromSeconds(1) });
        (await run.ErrorAsync()).ShouldStartWith("No picture came for ");
        await run.DisposeAsync();
        Ffmpegs(327).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_missing_ffmpeg_a_missing_file_and_a_port_without_a_camera_are_reported()
    {
        var options = new FrameSourceOptions { FfmpegPath = "/nowhere/ffmpeg", VideoDirectory = TestData.Pictures };
        await using (var run = new SourceRun(new CameraSource(CameraSourceKind.Video, "file:video/friends1.mp4"), options: options))
        {
            (await run.ErrorAsync()).ShouldStartWith("ffmpeg cannot be started as '/nowhere/ffmpeg'");
        }

        await using (var run = new SourceRun(new CameraSource(CameraSourceKind.Video, "file:video/none.mp4"), options: options))
        {
            (await run.ErrorAsync()).ShouldStartWith("There is no such file");
        }

        await using (var run = new SourceRun(new CameraSource(CameraSourceKind.Video, "rtsp://127.0.0.1:1/"), options: options))
        {
            (await run.ErrorAsync()).ShouldStartWith("127.0.0.1:1 takes no connection");
        }
    }

    [Theory]
    [InlineData("file:../secret.mp4")]
    [InlineData("file:///../../etc/passwd")]
    [InlineData("file:")]
    [InlineData("file:a/../..")]
    [InlineData("file:a\0.mp4")]
    [InlineData("rtsp://127.0.0.1/")]
    [InlineData("rtmp://10.0.0.1/")]
    [InlineData("concat:a|b")]
    [InlineData("rtsp://eve:pw@10.0.0.1/")]
    public void Open_AddressOutside_IsRefused(string address)
    {
        using var directory = new TemporaryDirectory();
        IFrameSources sources = SourceRun.Sources(new FrameSourceOptions { VideoDirectory = directory.Path }, allow: []);
        Should.Throw<FaceGridException>(() => sources.Open(new CameraSource(CameraSourceKind.Video, address), 5, 640)).Code.ShouldBe(
            ErrorCodes.InvalidCamera);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("/sub/../")]
    public void Open_FileInDirectory_HoweverTheDirectoryIsWritten(string end)
    {
        using var directory = new TemporaryDirectory();
        IFrameSources sources = SourceRun.Sources(new FrameSourceOptions { VideoDirectory = directory.Path + end }, allow: []);
        sources.Open(new CameraSource(CameraSourceKind.Video, "file:door.mp4"), 5, 640).ShouldNotBeNull();
        Should.Throw<FaceGridException>(
            () => sources.Open(new CameraSource(CameraSourceKind.Video, "file:../door.mp4"), 5, 640)).Code.ShouldBe(
            ErrorCodes.InvalidCamera);
    }

    [Fact]
    public void Files_are_refused_where_no_directory_is_set() =>
        Should.Throw<FaceGridException>(
            () => SourceRun.Sources().Open(new CameraSource(CameraSourceKind.Video, "file:a.mp4"), 5, 640)).Message.ShouldContain(
            "FaceGrid:CameraSources:VideoDirectory");

    private static SourceRun OfFile(int widthMax, double framesPerSecond)
    {
        Ffmpeg.Require();
        return new SourceRun(
            new CameraSource(CameraSourceKind.Video, "file:short_hamilton_clip.mp4"), framesPerSecond, widthMax,
            new FrameSourceOptions { VideoDirectory = Path.Combine(TestData.Pictures, "video") });
    }

    /// <summary>Processes that this one has started and that ask for a width.</summary>
    private static int[] Ffmpegs(int widthMax) =>
    [
        .. Process.GetProcessesByName("ffmpeg")
            .Where(process => ReadOrNothing($"/proc/{process.Id}/cmdline").Contains($"min({widthMax},iw)", StringComparison.Ordinal)
                && ReadOrNothing($"/proc/{process.Id}/status").Contains($"PPid:\t{Environment.ProcessId}\n", StringComparison.Ordinal))
            .Select(process => process.Id),
    ];

    private static string ReadOrNothing(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return ""; // It has ended in between.
        }
    }
}
