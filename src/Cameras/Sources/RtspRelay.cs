using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Cameras.Outbound;

namespace FaceGrid.Cameras.Sources;

/// <summary>
/// Stands between ffmpeg and a camera that speaks RTSP: a port on loopback that takes one connection and passes it on to an address that
/// was checked, over TLS where the camera wants that. ffmpeg would resolve the name again, follow a redirect to anywhere, and accept any
/// certificate.
/// </summary>
internal sealed class RtspRelay : IDisposable
{
    private readonly Stream _camera;
    private readonly TcpListener _listener;

    private RtspRelay(Stream camera)
    {
        _camera = camera;
        _listener = new TcpListener(IPAddress.Loopback, 0);
        _listener.Start(backlog: 1);
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
    }

    /// <summary>The port on 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>Connects to the camera and opens the port.</summary>
    /// <param name="rules">Addresses that the node may connect to.</param>
    /// <param name="address">An <c>rtsp</c> or <c>rtsps</c> address.</param>
    /// <param name="cancellationToken">Stops connecting; nothing stays open.</param>
    /// <returns>The relay, the caller's to dispose.</returns>
    /// <exception cref="SourceFailure">The camera takes no connection, or may not be connected to.</exception>
    public static async Task<RtspRelay> ConnectAsync(AddressRules rules, Uri address, CancellationToken cancellationToken)
    {
        bool secure = address.Scheme == "rtsps";
        using var slow = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        slow.CancelAfter(AddressRules.ConnectTime);
        Stream? camera = null;
        try
        {
            // 554 and 322: RFC 7826, section 22.
            camera = await rules.ConnectAsync(address.IdnHost, address.Port > 0 ? address.Port : secure ? 322 : 554, slow.Token);
            if (secure)
            {
                var tls = new SslStream(camera);
                camera = tls;
                await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = address.IdnHost }, slow.Token);
            }

            return new RtspRelay(camera);
        }
        catch (Exception failure)
        {
            if (camera is not null)
            {
                await camera.DisposeAsync();
            }

            cancellationToken.ThrowIfCancellationRequested();
            throw failure switch
            {
                OperationCanceledException =>
                    new SourceFailure($"{address.Authority} takes no connection within {AddressRules.ConnectTime.TotalSeconds:0} s."),
                FaceGridException or SocketException or AuthenticationException => new SourceFailure(CameraHttp.WordsOf(failure, address)),
                IOException => new SourceFailure($"{address.Authority} ended the connection."),
                _ => failure,
            };
        }
    }

    /// <summary>Takes one connection and passes it on until one side ends.</summary>
    /// <param name="cancellationToken">Closes both connections.</param>
    /// <exception cref="SourceFailure">The camera leads to another address.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using Socket ffmpeg = await AcceptAsync(over.Token);
        await using var local = new NetworkStream(ffmpeg, ownsSocket: false);
        Task up = local.CopyToAsync(_camera, over.Token);
        Task down = PassDownAsync(local, over.Token);
        Task first = await Task.WhenAny(up, down);
        await over.CancelAsync();
        await Task.WhenAll(up, down).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (first.Exception?.InnerException is SourceFailure failure)
        {
            throw failure;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _listener.Dispose();
        _camera.Dispose();
    }

    private async Task<Socket> AcceptAsync(CancellationToken cancellationToken)
    {
        Socket ffmpeg = await _listener.AcceptSocketAsync(cancellationToken);
        _listener.Stop();
        ffmpeg.NoDelay = true;
        return ffmpeg;
    }

    private async Task PassDownAsync(Stream target, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[64 << 10];
        var redirect = new LocationHeader();
        while (await _camera.ReadAsync(buffer, cancellationToken) is var count and > 0)
        {
            if (redirect.IsIn(buffer.AsSpan(0, count)))
            {
                throw new SourceFailure(
                    "The camera leads on to another address, which is not followed: give the address where the video is.");
            }

            await target.WriteAsync(buffer.AsMemory(0, count), cancellationToken);
        }
    }

    /// <summary>
    /// Looks for <c>Location:</c>, the header without which ffmpeg goes nowhere else, across reads. The bytes with its colon are never
    /// passed on. It is looked for anywhere, not only where a line seems to begin, and carriage returns do not count: ffmpeg ignores those
    /// wherever they are, and skips packets of pictures in the middle of an answer, so a camera could begin the line behind one. Where it
    /// is no header it costs the connection; in pictures these bytes occur by chance once in 10^18.
    /// </summary>
    private struct LocationHeader
    {
        private static ReadOnlySpan<byte> Name => "location:"u8;

        private int _matched;

        public bool IsIn(ReadOnlySpan<byte> bytes)
        {
            for (int at = 0; at < bytes.Length; at++)
            {
                if (_matched == 0)
                {
                    int first = bytes[at..].IndexOfAny((byte)'l', (byte)'L');
                    if (first < 0)
                    {
                        return false;
                    }

                    (at, _matched) = (at + first, 1);
                }
                else if (bytes[at] != '\r')
                {
                    byte lower = (byte)(bytes[at] | 0x20); // Of letters; ':' is its own.
                    // No other letter of the name is its first.
                    _matched = lower == Name[_matched] ? _matched + 1 : lower == Name[0] ? 1 : 0;
                    if (_matched == Name.Length)
                    {
                        return true;
                    }
                }
            }

            return false;
        }
    }
}
