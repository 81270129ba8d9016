using System.Globalization;
using System.Text;
using FaceGrid.Abstractions.Cameras;
using FaceGrid.Cameras.Outbound;

namespace FaceGrid.Cameras.Sources;

/// <summary>
/// Prepares what ffmpeg reads. ffmpeg itself connects to nobody: HTTP streams are fetched by the node and written to its standard input, RTSP goes through an <see cref="RtspRelay"/> of the node, and the protocols it may
/// use are listed. So the check of addresses holds for video too, redirects and playlists included.
/// </summary>
internal sealed class FfmpegInputs(CameraSource source, AddressRules rules, string? file)
{
    /// <summary>Schemes of addresses besides <c>file</c>.</summary>
    public static string[] Schemes => ["rtsp", "rtsps", "http", "https"];

    /// <summary>Connects where that is the node's part.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The input, the caller's to dispose.</returns>
    /// <exception cref="SourceFailure">The camera is not there, or the file.</exception>
    public async Task<FfmpegInput> OpenAsync(CancellationToken cancellationToken)
    {
        if (file is not null)
        {
            return OfFile(file);
        }

        var address = new Uri(source.Address!);
        return address.Scheme is "http" or "https" ? await OfHttpAsync(cancellationToken) : await OfRtspAsync(address, cancellationToken);
    }

    // In real time, and again from the start when it has ended: a camera goes on.
    private static FfmpegInput OfFile(string file) => File.Exists(file)
        ? new(["-re", "-stream_loop", "-1", "-protocol_whitelist", "file", "-i", $"file:{file}"], static (_, _) => Task.CompletedTask, text => text.Replace(file, Path.GetFileName(file), StringComparison.Ordinal))
        : throw new SourceFailure("There is no such file in the directory of videos of this node (FaceGrid:CameraSources:VideoDirectory).");

    private async Task<FfmpegInput> OfHttpAsync(CancellationToken cancellationToken)
    {
        var http = new CameraHttp(source, rules);
        HttpClient client = http.Open();
        try
        {
            HttpResponseMessage answer = await http.GetAsync(client, prepare: null, cancellationToken);
            // What has a length is a recording and is played in real time; what has none is live.
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
        string login = source.UserName is null && source.Password is null ? "" : $"{Uri.EscapeDataString(source.UserName ?? "")}:{Uri.EscapeDataString(source.Password ?? "")}@";
        string local = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{relay.Port}");
        string url = $"rtsp://{login}{local}{address.PathAndQuery}";

        // RTSP takes credentials only in the URL, and arguments are seen by everybody on the machine. The script of ffmpeg's concat format may name the URL instead, and comes by standard input.
        byte[] script = Encoding.UTF8.GetBytes($"ffconcat version 1.0\nfile '{url.Replace("'", @"'\''", StringComparison.Ordinal)}'\noption rtsp_transport tcp\noption allowed_media_types video\n");
        return new(["-f", "concat", "-safe", "0", "-protocol_whitelist", "pipe,tcp,rtp", "-i", "pipe:0"], Feed, Clean) { Held = relay };

        async Task Feed(Stream target, CancellationToken cancellation)
        {
            await target.WriteAsync(script, cancellation);
            target.Close();
            await relay.RunAsync(cancellation);
        }

        string Clean(string text) => Hide(Hide(text.Replace(url, $"{address.Scheme}://{address.Authority}", StringComparison.Ordinal).Replace(local, address.Authority, StringComparison.Ordinal), login), source.Password);
    }

    private static string Hide(string text, string? secret) => string.IsNullOrEmpty(secret) ? text : text.Replace(secret, "***", StringComparison.Ordinal);
}
