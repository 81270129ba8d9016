using System.Diagnostics;
using System.Globalization;
using FaceGrid.Tests.Support;
using FaceGrid.Tests.Support.Cameras;

namespace FaceGrid.Tests.Cameras;

/// <summary>
/// A clip in every form in which a camera can get it, played in real time, again and again: a network camera with single pictures, with a
/// stream of them, and with RTSP. Files and what is sent need no camera.
/// </summary>
internal sealed class ClipSources : IAsyncDisposable
{
    /// <summary>Frames per second of the pictures; the video has its own.</summary>
    public const int FramesPerSecond = 5;

    private readonly string _clip;
    private readonly CameraServer _pictures;
    private readonly RtspServer _video;

    private ClipSources(string clip, byte[][] frames)
    {
        (_clip, Frames) = (clip, frames);
        long start = Stopwatch.GetTimestamp();
        byte[] Now() => frames[(int)(Stopwatch.GetElapsedTime(start).TotalSeconds * FramesPerSecond) % frames.Length];
        _pictures = new CameraServer(async (request, stream) =>
        {
            if (!request.Target.EndsWith("/stream", StringComparison.Ordinal))
            {
                await CameraServer.AnswerAsync(stream, "200 OK", "Content-Type: image/jpeg\r\n", Now());
                return;
            }

            await CameraServer.WriteAsync(stream, "HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=next\r\n\r\n");
            using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1) / FramesPerSecond);
            do
            {
                byte[] frame = Now();
                await CameraServer.WriteAsync(
                    stream, string.Create(
                    CultureInfo.InvariantCulture, $"--next\r\nContent-Type: image/jpeg\r\nContent-Length: {frame.Length}\r\n\r\n"));
                await stream.WriteAsync(frame);
                await CameraServer.WriteAsync(stream, "\r\n");
            }
            while (await timer.WaitForNextTickAsync());
        });
        _video = new RtspServer(Clips.TransportStream(clip), length: Length);
    }

    /// <summary>The pictures of one showing.</summary>
    public byte[][] Frames { get; }

    /// <summary>How long one showing lasts.</summary>
    public TimeSpan Length => TimeSpan.FromSeconds((double)Frames.Length / FramesPerSecond);

    /// <summary>Sources that a camera fetches by itself: name, kind and address.</summary>
    public (string Name, string Kind, string Address)[] Fetched =>
        [("snapshot", "snapshot", _pictures.Address), ("mjpeg", "mjpeg", _pictures.Address + "/stream"), ("file", "video", "file:" + _clip),
            ("rtsp", "video", _video.Address)];

    public static async Task<ClipSources> StartAsync(string clip) => new(clip, await Clips.FramesAsync(clip, FramesPerSecond));

    /// <summary>Sends the clip in real time as one stream, as docs/cameras.md shows it.</summary>
    /// <param name="address">Where a camera takes frames.</param>
    /// <param name="showings">How often.</param>
    public async Task SendAsync(Uri address, int showings)
    {
        string[] command =
        [
            "-v", "error", "-nostdin", "-re", "-stream_loop", (showings - 1).ToString(CultureInfo.InvariantCulture), "-i",
                Path.Combine(TestData.Pictures, "video", _clip), "-an",
            "-vf", $"fps={FramesPerSecond}", "-q:v", "3", "-f", "mpjpeg", "-headers",
                "Content-Type: multipart/x-mixed-replace; boundary=ffmpeg\r\n", "-method", "POST", address.ToString(),
        ];
        using Process ffmpeg = Process.Start(
            new ProcessStartInfo("ffmpeg", command) { UseShellExecute = false, RedirectStandardError = true })!;
        string said = await ffmpeg.StandardError.ReadToEndAsync();
        await ffmpeg.WaitForExitAsync();
        if (ffmpeg.ExitCode != 0)
        {
            throw new InvalidOperationException($"ffmpeg: {said}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _pictures.DisposeAsync();
        await _video.DisposeAsync();
    }
}
