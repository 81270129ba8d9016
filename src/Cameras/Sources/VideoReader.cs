using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace FaceGrid.Cameras.Sources;

/// <summary>Lets the machine's ffmpeg decode a video, and hands on JPEG pictures at the wanted rate and width.</summary>
internal sealed class VideoReader(FfmpegInputs inputs, FrameSourceOptions options, double framesPerSecond, int widthMax) : IFrameReader
{
    /// <inheritdoc/>
    public async Task ReadAsync(FrameSink sink, CancellationToken cancellationToken)
    {
        using FfmpegInput input = await inputs.OpenAsync(cancellationToken);
        using Process ffmpeg = Start(input);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var complaints = new FfmpegComplaints(input.Clean);
        Task feeding = FeedAsync(input, ffmpeg, over.Token);
        Task listening = complaints.ReadAsync(ffmpeg.StandardError);
        try
        {
            await JpegStream.ReadAsync(ffmpeg.StandardOutput.BaseStream, options.FrameBytesMax, sink, cancellationToken);
        }
        finally
        {
            // Also when the node stops, or nothing came for too long. When the node is killed, ffmpeg's input and output break, and it
            // ends.
            await EndAsync(ffmpeg);
            await over.CancelAsync();
            await listening.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await feeding.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            sink.Note = complaints.Words is { } said ? $"ffmpeg says: {said}" : sink.Note;
        }

        throw feeding.Exception?.InnerException is SourceFailure failure
            ? failure
            : new SourceFailure(complaints.Words is { } words ? $"ffmpeg ended: {words}" : "The video ended.");
    }

    private static async Task FeedAsync(FfmpegInput input, Process ffmpeg, CancellationToken cancellationToken)
    {
        await using Stream target = ffmpeg.StandardInput.BaseStream;
        await input.FeedAsync(target, cancellationToken);
    }

    private static async Task EndAsync(Process ffmpeg)
    {
        try
        {
            ffmpeg.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has ended by itself.
        }

        await ffmpeg.WaitForExitAsync(CancellationToken.None);
    }

    private Process Start(FfmpegInput input)
    {
        var start = new ProcessStartInfo(options.FfmpegPath)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (string argument in (string[])["-hide_banner", "-nostdin", "-loglevel", "error", .. input.Arguments, .. Output()])
        {
            start.ArgumentList.Add(argument);
        }

        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception missing)
        {
            throw new SourceFailure(
                $"ffmpeg cannot be started as '{options.FfmpegPath}' ({missing.Message}): "
                + "install it on the node, or set FaceGrid:CameraSources:FfmpegPath.");
        }
    }

    /// <summary>
    /// A frame is wanted when it is the first of its slot of time. ffmpeg's own fps filter would repeat frames of a camera that is slower
    /// than asked. Never upscaled; the height stays even. JPEG quality 3 of 2 to 31 keeps faces as good as they came: 1280 x 720 is some
    /// 100 KiB.
    /// </summary>
    private string[] Output()
    {
        string rate = framesPerSecond.ToString(CultureInfo.InvariantCulture);
        string select = $"select='isnan(prev_selected_t)+not(eq(floor(t*{rate}),floor(prev_selected_t*{rate})))'";
        string scale = string.Create(CultureInfo.InvariantCulture, $"scale='min({widthMax},iw)':-2");
        return
        [
            "-map", "0:v:0", "-an", "-sn", "-dn", "-vf", $"{select},{scale}", "-fps_mode", "passthrough",
            "-c:v", "mjpeg", "-q:v", "3", "-threads:v", "1", "-f", "image2pipe", "pipe:1",
        ];
    }
}
