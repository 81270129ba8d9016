using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace FaceGrid.Tests.Support.Cameras;

/// <summary>
/// A camera that speaks just enough RTSP (RFC 2326) to be watched over TCP by one client after another: it sends an MPEG transport stream as RTP (RFC 2250), over and over, and can ask for a name and password or lead
/// elsewhere.
/// </summary>
public sealed class RtspServer : IAsyncDisposable
{
    private const int PacketBytes = 7 * 188;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _over = new();
    private readonly byte[] _stream;
    private readonly Func<CameraRequest, string?> _trouble;
    private readonly TimeSpan _packetTime;
    private readonly Task _serving;

    /// <summary>Starts to listen.</summary>
    /// <param name="transportStream">What is sent.</param>
    /// <param name="trouble">Status line and headers to answer instead, or null.</param>
    /// <param name="length">How long it lasts; null for some 2 s.</param>
    public RtspServer(byte[] transportStream, Func<CameraRequest, string?>? trouble = null, TimeSpan? length = null)
    {
        (_stream, _trouble) = (transportStream, trouble ?? (_ => null));
        _packetTime = (length ?? TimeSpan.FromSeconds(2)) / Math.Max(1, transportStream.Length / PacketBytes);
        _listener.Start();
        _serving = ServeAsync();
    }

    /// <summary>Where its video is.</summary>
    public string Address => $"rtsp://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/live/it's";

    /// <summary>Connections so far.</summary>
    public int Connections { get; private set; }

    /// <summary>Closes all connections.</summary>
    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        _listener.Stop();
        await _serving;
        _over.Dispose();
    }

    private async Task ServeAsync()
    {
        while (!_over.IsCancellationRequested)
        {
            try
            {
                using TcpClient client = await _listener.AcceptTcpClientAsync(_over.Token);
                using CancellationTokenRegistration closing = _over.Token.Register(client.Close);
                Connections++;
                await TalkAsync(client.GetStream());
            }
            catch (Exception gone) when (gone is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
            {
                // The client has gone, or the test is over.
            }
        }
    }

    private async Task TalkAsync(NetworkStream stream)
    {
        while (true)
        {
            CameraRequest request = await CameraRequest.ReadAsync(stream);
            string answer = _trouble(request) ?? "200 OK\r\n" + request.Method switch
            {
                "DESCRIBE" => Description(request.Target),
                "SETUP" => "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\nSession: 1\r\n\r\n",
                _ => "Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN\r\nSession: 1\r\n\r\n",
            };
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"RTSP/1.0 {answer.Insert(answer.IndexOf('\n') + 1, $"CSeq: {request.Header("CSeq")}\r\n")}"));
            if (request.Method == "PLAY" && answer.StartsWith("200", StringComparison.Ordinal))
            {
                await PlayAsync(stream);
            }
        }
    }

    private static string Description(string target)
    {
        string text = "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=camera\r\nt=0 0\r\nm=video 0 RTP/AVP 33\r\na=control:track1\r\n";
        return string.Create(CultureInfo.InvariantCulture, $"Content-Base: {target}/\r\nContent-Type: application/sdp\r\nContent-Length: {text.Length}\r\n\r\n{text}");
    }

    private async Task PlayAsync(NetworkStream stream)
    {
        byte[] packet = new byte[4 + 12 + PacketBytes];
        long start = Stopwatch.GetTimestamp();
        for (int number = 0; ; number++)
        {
            int at = number * PacketBytes % (_stream.Length / PacketBytes * PacketBytes);
            packet[0] = (byte)'$'; // RFC 2326, section 10.12: interleaved data of channel 0.
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), 12 + PacketBytes);
            packet[4] = 0x80;
            packet[5] = 33;
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(6), (ushort)number);
            BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(8), (uint)(number * _packetTime.TotalSeconds * 90_000));
            _stream.AsSpan(at, PacketBytes).CopyTo(packet.AsSpan(16));
            await stream.WriteAsync(packet);
            TimeSpan early = (_packetTime * number) - Stopwatch.GetElapsedTime(start);
            await Task.Delay(early > TimeSpan.Zero ? early : TimeSpan.Zero, _over.Token);
        }
    }
}
