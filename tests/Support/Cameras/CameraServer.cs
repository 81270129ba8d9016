using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace FaceGrid.Tests.Support.Cameras;

/// <summary>A network camera on loopback that answers each request with the bytes a test writes, as badly as it likes; one request per connection.</summary>
public sealed class CameraServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _over = new();
    private readonly ConcurrentBag<Task> _connections = [];
    private readonly Func<CameraRequest, Stream, Task> _answer;
    private readonly X509Certificate2? _certificate;
    private readonly Task _accepting;

    /// <summary>Starts to listen.</summary>
    /// <param name="answer">Answers a request; the connection is closed after it.</param>
    /// <param name="certificate">What it shows, to be spoken to over TLS; null for plain HTTP.</param>
    public CameraServer(Func<CameraRequest, Stream, Task> answer, X509Certificate2? certificate = null)
    {
        (_answer, _certificate) = (answer, certificate);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Address and port.</summary>
    public string Authority => $"127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    /// <summary>Where its pictures are.</summary>
    public string Address => $"{(_certificate is null ? "http" : "https")}://{Authority}/cam";

    /// <summary>Requests so far.</summary>
    public ConcurrentQueue<CameraRequest> Requests { get; } = new();

    /// <summary>Writes text, a byte per character.</summary>
    public static Task WriteAsync(Stream stream, string text) => stream.WriteAsync(Encoding.Latin1.GetBytes(text)).AsTask();

    /// <summary>An answer with a body and its length.</summary>
    public static async Task AnswerAsync(Stream stream, string status, string headers, byte[] body)
    {
        await WriteAsync(stream, $"HTTP/1.1 {status}\r\nContent-Length: {body.Length}\r\nConnection: close\r\n{headers}\r\n");
        await stream.WriteAsync(body);
    }

    /// <summary>Says nothing more until the client goes.</summary>
    public static async Task UntilLeftAsync(Stream stream)
    {
        if (await stream.ReadAsync(new byte[1]) == 0)
        {
            throw new IOException("The client has left.");
        }
    }

    /// <summary>Closes all connections.</summary>
    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_connections);
        _over.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _connections.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_over.Token)));
            }
        }
        catch (Exception) when (_over.IsCancellationRequested)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        try
        {
            using TcpClient held = client;
            using CancellationTokenRegistration closing = _over.Token.Register(client.Close);
            Stream stream = client.GetStream();
            if (_certificate is not null)
            {
                var tls = new SslStream(stream);
                await tls.AuthenticateAsServerAsync(_certificate);
                stream = tls;
            }

            await using Stream one = stream;
            CameraRequest request = await CameraRequest.ReadAsync(stream);
            Requests.Enqueue(request);
            await _answer(request, stream);
        }
        catch (Exception gone) when (gone is IOException or SocketException or ObjectDisposedException or System.Security.Authentication.AuthenticationException)
        {
            // The client has seen enough.
        }
    }
}
