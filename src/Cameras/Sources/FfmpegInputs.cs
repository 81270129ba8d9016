using System.Globalization;
using System.Text;
using FaceGrid.Abstractions.Cameras;
using FaceGrid.Cameras.Outbound;

namespace FaceGrid.Cameras.Sources;

/// <summary>
/// Prepares the input of ffmpeg. ffmpeg itself connects to nothing: the node fetches HTTP streams and writes them to its standard input,
/// RTSP goes through an <see cref="RtspRelay"/> of the node, and the protocols it may use are listed. So the check of addresses holds for
/// video too, redirects and playlists included.
/// </summary>
internal sealed class FfmpegInputs(CameraSource source, AddressRules rules, string? file)
{
    /// <summary>Schemes of addresses besides <c>file</c>.</summary>
    public static string[] Schemes => ["rtsp", "rtsps", "http", "https"];

    /// <summary>Opens the input, and connects to the camera where the node does that.</summary>
    /// <param name="cancellationToken">Stops connecting; nothing stays open.</param>
    /// <returns>The input, the caller's to dispose.</returns>
    /// <exception cref="SourceFailure">The camera or the file is not there.</exception>
    public async Task<FfmpegInput> OpenAsync(CancellationToken cancellationToken)
    {
        if (file is not null)
        {
            return OfFile(file);
        }

        var address = new Uri(source.Address!);
        return address.Scheme is "http" or "https" ? await OfHttpAsync(cancellationToken) : await OfRtspAsync(address, cancellationToken);
    }

    // In real time, and again from the start at its end: a camera goes on.
    private static FfmpegInput OfFile(string file) => File.Exists(file)
        ? new(
            ["-re", "-stream_loop", "-1", "-protocol_whitelist", "file", "-i", $"file:{file}"],
            static (_, _) => Task.CompletedTask,
            text => text.Replace(file, Path.GetFileName(file), StringComparison.Ordinal))
        : throw new SourceFailure("There is no such file in the directory of videos of this node (FaceGrid:CameraSources:VideoDirectory).");

    private async Task<FfmpegInput> OfHttpAsync(CancellationToken cancellationToken)
    {
        var http = new CameraHttp(source, rules);
        HttpClient client = http.Open();
        try
        {
            HttpResponseMessage answer = await http.GetAsync(client, prepare: null, cancellationToken);
            // An answer with a length is a recording and is played in real time; one without is live.
            string[] pace = answer.Content.Headers.ContentLength is null ? [] : ["-re"];
            return new([.. pace, "-protocol_whitelist", "pipe", "-i", "pipe:0"], Feed, static text => text) { Held = client };

            async Task Feed(Stream target, CancellationToken cancellation)
            {
                using (answer)
                await using (Stream body = await answer.Content.ReadAsStreamAsync(cancellation))
                {
                    await body.CopyToAsync(target, cancellation);
                }
            }
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    private async Task<FfmpegInput> OfRtspAsync(Uri address, CancellationToken cancellationToken)
    {
        RtspRelay relay = await RtspRelay.ConnectAsync(rules, address, cancellationToken);
        string login = source is { UserName: null, Password: null }
            ? ""
            : $"{Uri.EscapeDataString(source.UserName ?? "")}:{Uri.EscapeDataString(source.Password ?? "")}@";
        string local = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{relay.Port}");
        string url = $"rtsp://{login}{local}{address.PathAndQuery}";

        // RTSP takes credentials only in the URL, and everybody on the machine sees arguments. So the URL stands in a script of ffmpeg's
        // concat format, which comes by standard input.
        string quoted = url.Replace("'", @"'\''", StringComparison.Ordinal);
        byte[] script = Encoding.UTF8.GetBytes(
            $"ffconcat version 1.0\nfile '{quoted}'\noption rtsp_transport tcp\noption allowed_media_types video\n");
        return new(["-f", "concat", "-safe", "0", "-protocol_whitelist", "pipe,tcp,rtp", "-i", "pipe:0"], Feed, Clean) { Held = relay };

        async Task Feed(Stream target, CancellationToken cancellation)
        {
            await target.WriteAsync(script, cancellation);
            target.Close();
            await relay.RunAsync(cancellation);
        }

        string Clean(string text)
        {
            string shown = text
                .Replace(url, $"{address.Scheme}://{address.Authority}", StringComparison.Ordinal)
                .Replace(local, address.Authority, StringComparison.Ordinal);
            return Hide(Hide(shown, login), source.Password);
        }
    }

    private static string Hide(string text, string? secret) =>
        string.IsNullOrEmpty(secret) ? text : text.Replace(secret, "***", StringComparison.Ordinal);
}
