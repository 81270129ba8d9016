using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using FaceGrid.Abstractions.Cameras;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Cameras.Outbound;

namespace FaceGrid.Cameras.Sources;

/// <summary>
/// Asks a camera over HTTP, only where <see cref="AddressRules"/> allow it, with Basic or Digest authentication. It says in words what goes
/// wrong.
/// </summary>
/// <param name="source">Address and credentials.</param>
/// <param name="rules">Where the node may connect to.</param>
internal sealed class CameraHttp(CameraSource source, AddressRules rules)
{
    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(10);

    private readonly Uri _address = new(source.Address!);

    /// <summary>
    /// Opens a client for one run of a reader. It follows no redirects: the camera would choose where the node connects to.
    /// </summary>
    /// <returns>The client, the caller's to dispose.</returns>
    public HttpClient Open()
    {
        SocketsHttpHandler handler = rules.CreateHandler();
        if (source.UserName is not null || source.Password is not null)
        {
            // Schemes by name, because a server could ask for NTLM otherwise. Basic is sent at once after the server asked for it once.
            var login = new NetworkCredential(source.UserName, source.Password);
            var root = new Uri(_address, "/");
            handler.Credentials = new CredentialCache { { root, "Digest", login }, { root, "Basic", login } };
            handler.PreAuthenticate = true;
        }

        return new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Asks, and waits for the headers of the answer.</summary>
    /// <param name="client">From <see cref="Open"/>.</param>
    /// <param name="prepare">Adds to the request.</param>
    /// <param name="cancellationToken">Stops waiting; the connection is closed.</param>
    /// <returns>An answer with status 200 or 304, the caller's to dispose.</returns>
    /// <exception cref="SourceFailure">The answer has another status, or there is none.</exception>
    public async Task<HttpResponseMessage> GetAsync(
        HttpClient client, Action<HttpRequestMessage>? prepare, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, _address);
        request.Headers.UserAgent.ParseAdd("FaceGrid");
        prepare?.Invoke(request);
        using var slow = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        slow.CancelAfter(AnswerTime);
        try
        {
            HttpResponseMessage answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, slow.Token);
            if (answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.NotModified)
            {
                return answer;
            }

            using (answer)
            {
                throw new SourceFailure(WordsOf(answer));
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new SourceFailure($"{_address.Authority} does not answer within {AnswerTime.TotalSeconds:0} s.");
        }
        catch (HttpRequestException failure)
        {
            throw new SourceFailure(WordsOf(failure, _address));
        }
    }

    /// <summary>The media type of an answer, in lower case; empty when it has none.</summary>
    public static string TypeOf(HttpResponseMessage answer) =>
        // Cameras quote boundaries in ways that the strict reader refuses.
        answer.Content.Headers.NonValidated.TryGetValues("Content-Type", out var values)
            ? values.ToString().Split(';')[0].Trim().ToLowerInvariant()
            : "";

    /// <summary>What went wrong with a connection, in words.</summary>
    /// <param name="failure">The failure.</param>
    /// <param name="address">The address it was for.</param>
    public static string WordsOf(Exception failure, Uri address) => failure switch
    {
        FaceGridException refused => refused.Message,
        { InnerException: FaceGridException refused } => refused.Message,
        AuthenticationException tls => Untrusted(tls, address),
        { InnerException: AuthenticationException tls } => Untrusted(tls, address),
        SocketException socket => Unreachable(socket, address),
        { InnerException: SocketException socket } => Unreachable(socket, address),
        HttpRequestException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded } => "The answer is larger than it may be.",
        HttpRequestException or IOException => $"The connection to {address.Authority} broke, or its server does not speak HTTP.",
        _ => failure.Message,
    };

    private static string Untrusted(AuthenticationException tls, Uri address) =>
        $"No trusted TLS connection to {address.Authority}: {(tls.InnerException ?? tls).Message} "
        + "Add the camera's certificate, or the one that signed it, to the trusted certificates of the node.";

    private static string Unreachable(SocketException socket, Uri address) => socket.SocketErrorCode switch
    {
        SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData => $"Nobody knows the name {address.IdnHost}.",
        _ => $"{address.Authority} takes no connection: {socket.Message}.",
    };

    private string WordsOf(HttpResponseMessage answer) => answer.StatusCode switch
    {
        HttpStatusCode.Unauthorized when source is { UserName: null, Password: null } =>
            "The camera asks for a user name and password (401).",
        HttpStatusCode.Unauthorized => "The camera refuses the user name or password (401).",
        HttpStatusCode.Forbidden => "The camera does not let this user see its pictures (403).",
        HttpStatusCode.NotFound => "The camera has nothing at this path (404).",
        >= HttpStatusCode.MultipleChoices and < HttpStatusCode.BadRequest =>
            $"The address leads on to {Target(answer)} ({(int)answer.StatusCode}), which is not followed: "
            + "give the address where the pictures are.",
        _ => $"The camera answers with status {(int)answer.StatusCode}.",
    };

    private static string Target(HttpResponseMessage answer) =>
        answer.Headers.Location is { IsAbsoluteUri: true, Host.Length: > 0 and < 256 } target ? target.Host : "another";
}
