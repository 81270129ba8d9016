using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace FaceGrid.Client;

/// <summary>
/// Talks to a gateway of a grid. A request that meets a busy, unavailable or unreachable grid is sent again, as late as <c>Retry-After</c>
/// asks or with a growing pause, until the patience is used up. Every request of the API may be repeated. Safe for concurrent use.
/// </summary>
/// <remarks>
/// A cancelled call leaves nothing open here. If it was to change something, the grid may have done so all the same: repeat the call, or
/// read what is there.
/// </remarks>
public sealed class ClusterClient : IDisposable
{
    /// <summary>How long one request is tried again unless the caller says otherwise: 5 seconds.</summary>
    public static readonly TimeSpan PatienceDefault = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan PauseFirst = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(5);

    /// <summary>How long a connection may take: a machine without power answers nothing, not even that it refuses.</summary>
    private static readonly TimeSpan ConnectMax = TimeSpan.FromSeconds(10);

    /// <summary>How long an answer may take, or the head of a stream.</summary>
    private static readonly TimeSpan AnswerMax = TimeSpan.FromMinutes(5);

    private readonly HttpClient _http;
    private readonly string? _key;

    /// <summary>Creates a client.</summary>
    /// <param name="server">The gateway's address, http or https.</param>
    /// <param name="key">API key; null for a gateway that asks for none.</param>
    /// <param name="patience">
    /// How long one request is tried again, from its first failure on; zero tries once. Default: <see cref="PatienceDefault"/>.
    /// </param>
    /// <param name="clock">Measures the patience, and how long an answer takes. Default: the system's.</param>
    /// <param name="handler">Carries the requests, and is disposed with the client. Default: one that connects to the server.</param>
    /// <exception cref="ArgumentException">The key holds characters that a header cannot carry.</exception>
    public ClusterClient(
        Uri server,
        string? key = null,
        TimeSpan? patience = null,
        TimeProvider? clock = null,
        HttpMessageHandler? handler = null)
    {
        Server = server.OriginalString.EndsWith('/') ? server : new Uri(server.OriginalString + "/");
        Patience = patience ?? PatienceDefault;
        Clock = clock ?? TimeProvider.System;
        _key = key;
        handler ??= new SocketsHttpHandler
        {
            PooledConnectionLifetime = TimeSpan.FromMinutes(1),
            ConnectTimeout = ConnectMax,
            MaxConnectionsPerServer = 256,
            AllowAutoRedirect = false,
        };
        _http = new HttpClient(handler) { BaseAddress = Server, Timeout = Timeout.InfiniteTimeSpan }; // Each request brings its own limit.
        if (key is not null && !_http.DefaultRequestHeaders.TryAddWithoutValidation("X-Api-Key", key))
        {
            throw new ArgumentException("The API key holds characters that a header cannot carry.", nameof(key));
        }
    }

    /// <summary>The gateway's address, ending in '/'.</summary>
    public Uri Server { get; }

    /// <summary>How long one request is tried again, from its first failure on.</summary>
    public TimeSpan Patience { get; }

    /// <summary>Measures the patience.</summary>
    public TimeProvider Clock { get; }

    /// <summary>Another client of the same gateway, with connections of its own.</summary>
    /// <param name="patience">How long its requests are tried again.</param>
    /// <returns>A client, the caller's to dispose.</returns>
    public ClusterClient WithPatience(TimeSpan patience) => new(Server, _key, patience, Clock);

    /// <summary>Reads a document.</summary>
    /// <param name="path">Relative to the server.</param>
    /// <param name="cancellationToken">Ends the wait; the call changes nothing.</param>
    /// <returns>The answer.</returns>
    /// <exception cref="ClusterProblemException">The grid refused, or the patience is used up.</exception>
    public Task<ClusterAnswer> GetAsync(string path, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Get, path, content: null, cancellationToken);

    /// <summary>Reads a list page by page, as long as a page names the next one.</summary>
    /// <param name="path">Relative to the server, with a query, such as <c>v1/cameras?limit=1000</c>.</param>
    /// <param name="cancellationToken">Ends the reading; it changes nothing.</param>
    /// <returns>The pages.</returns>
    /// <exception cref="ClusterProblemException">The grid refused, or the patience is used up.</exception>
    public async IAsyncEnumerable<JsonElement> PagesAsync(
        string path, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        string? next = null;
        do
        {
            string after = next is null ? "" : "&after=" + Uri.EscapeDataString(next);
            JsonElement page = (await GetAsync(path + after, cancellationToken)).Body;
            yield return page;
            next = page.Text("next");
        }
        while (next is not null);
    }

    /// <summary>Reads a plain text.</summary>
    /// <param name="path">Relative to the server.</param>
    /// <param name="cancellationToken">Ends the wait; the call changes nothing.</param>
    /// <returns>The text.</returns>
    /// <exception cref="ClusterProblemException">The grid refused, or the patience is used up.</exception>
    public Task<string> GetTextAsync(string path, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Get, path, content: null, static (_, bytes) => Encoding.UTF8.GetString(bytes), cancellationToken);

    /// <summary>
    /// Opens a stream, which the server may end at any time. It is not tried again: the caller knows from where to go on.
    /// <see cref="EventReader"/> does so.
    /// </summary>
    /// <param name="path">Relative to the server.</param>
    /// <param name="lastEventId">What was seen last, or null.</param>
    /// <param name="cancellationToken">Ends the wait for the head of the answer. No stream is left open.</param>
    /// <returns>The answer, the caller's to dispose.</returns>
    /// <exception cref="ClusterProblemException">The grid refused or did not answer.</exception>
    public async Task<HttpResponseMessage> OpenStreamAsync(string path, string? lastEventId, CancellationToken cancellationToken = default)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, new Uri(path, UriKind.Relative));
        if (lastEventId is not null)
        {
            request.Headers.TryAddWithoutValidation("Last-Event-ID", lastEventId);
        }

        using CancellationTokenSource late = new(AnswerMax, Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            HttpResponseMessage response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            if (response.IsSuccessStatusCode)
            {
                return response;
            }

            using (response)
            {
                throw ReadProblem((int)response.StatusCode, await response.Content.ReadAsByteArrayAsync(either.Token));
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw Unreachable(e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw TooLate(e, late.IsCancellationRequested);
        }
    }

    /// <summary>Deletes.</summary>
    /// <param name="path">Relative to the server.</param>
    /// <param name="cancellationToken">Ends the wait; it may be deleted all the same.</param>
    /// <returns>The answer.</returns>
    /// <exception cref="ClusterProblemException">The grid refused, or the patience is used up.</exception>
    public Task<ClusterAnswer> DeleteAsync(string path, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Delete, path, content: null, cancellationToken);

    /// <summary>Sends a JSON document.</summary>
    /// <typeparam name="T">Any type that <see cref="ClusterJson.Options"/> can write.</typeparam>
    /// <param name="method">The HTTP method.</param>
    /// <param name="path">Relative to the server.</param>
    /// <param name="body">The document.</param>
    /// <param name="cancellationToken">Ends the wait; the grid may have done what was asked all the same.</param>
    /// <returns>The answer.</returns>
    /// <exception cref="ClusterProblemException">The grid refused, or the patience is used up.</exception>
    public Task<ClusterAnswer> SendJsonAsync<T>(HttpMethod method, string path, T body, CancellationToken cancellationToken = default)
    {
        byte[] bytes = JsonSerializer.SerializeToUtf8Bytes(body, ClusterJson.Options);
        return SendAsync(method, path, () => Bytes(bytes, "application/json"), cancellationToken);
    }

    /// <summary>Posts one picture.</summary>
    /// <param name="path">Relative to the server.</param>
    /// <param name="picture">The picture.</param>
    /// <param name="cancellationToken">Ends the wait; the grid may have done what was asked all the same.</param>
    /// <returns>The answer.</returns>
    /// <exception cref="ClusterProblemException">The grid refused, or the patience is used up.</exception>
    public Task<ClusterAnswer> PostPictureAsync(string path, Picture picture, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Post, path, () => Bytes(picture.Bytes, picture.ContentType), cancellationToken);

    /// <summary>Posts two pictures as the multipart fields <c>a</c> and <c>b</c>.</summary>
    /// <param name="path">Relative to the server.</param>
    /// <param name="a">The first picture.</param>
    /// <param name="b">The second picture.</param>
    /// <param name="cancellationToken">Ends the wait; the call changes nothing.</param>
    /// <returns>The answer.</returns>
    /// <exception cref="ClusterProblemException">The grid refused, or the patience is used up.</exception>
    public Task<ClusterAnswer> PostPairAsync(string path, Picture a, Picture b, CancellationToken cancellationToken = default) =>
        SendAsync(
            HttpMethod.Post,
            path,
            () => new MultipartFormDataContent
            {
                { Bytes(a.Bytes, a.ContentType), "a", "a" },
                { Bytes(b.Bytes, b.ContentType), "b", "b" },
            },
            cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private Task<ClusterAnswer> SendAsync(
        HttpMethod method, string path, Func<HttpContent>? content, CancellationToken cancellationToken) =>
        SendAsync(
            method,
            path,
            content,
            static (response, bytes) => new ClusterAnswer((int)response.StatusCode, ReadBody(bytes)),
            cancellationToken);

    private async Task<T> SendAsync<T>(
        HttpMethod method,
        string path,
        Func<HttpContent>? content,
        Func<HttpResponseMessage, byte[], T> read,
        CancellationToken cancellationToken)
    {
        long? failedSince = null;
        for (int attempt = 0; ; attempt++)
        {
            TimeSpan? retryAfter = null;
            ClusterProblemException problem;
            using CancellationTokenSource late = new(AnswerMax, Clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
            try
            {
                using HttpRequestMessage request = new(method, new Uri(path, UriKind.Relative)) { Content = content?.Invoke() };
                using HttpResponseMessage response = await _http.SendAsync(request, either.Token);
                byte[] bytes = await response.Content.ReadAsByteArrayAsync(either.Token);
                if (response.IsSuccessStatusCode)
                {
                    return read(response, bytes);
                }

                problem = ReadProblem((int)response.StatusCode, bytes);
                retryAfter = ReadRetryAfter(response.Headers.RetryAfter);
            }
            catch (Exception e) when (e is HttpRequestException or IOException)
            {
                problem = Unreachable(e);
            }
            catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
            {
                problem = TooLate(e, late.IsCancellationRequested);
            }

            failedSince ??= Clock.GetTimestamp();
            TimeSpan pause = retryAfter ?? Pause(attempt);
            if (!problem.IsTransient || Clock.GetElapsedTime(failedSince.Value) + pause > Patience)
            {
                throw problem;
            }

            await Task.Delay(pause, Clock, cancellationToken);
        }
    }

    private ClusterProblemException Unreachable(Exception failure)
    {
        string detail = failure is IOException
            ? $"The connection to {Server} broke: {failure.Message}"
            : $"No answer from {Server}: {failure.Message}";
        return new ClusterProblemException(0, "unreachable", detail, requestId: null, failure);
    }

    // Besides the caller and the limit of an answer only the limit of a connection cancels.
    private ClusterProblemException TooLate(OperationCanceledException failure, bool answer)
    {
        string detail = answer
            ? $"No answer from {Server} within {AnswerMax.TotalSeconds:0} s."
            : $"No connection to {Server} within {ConnectMax.TotalSeconds:0} s.";
        return new ClusterProblemException(0, "timeout", detail, requestId: null, failure);
    }

    private static TimeSpan Pause(int attempt)
    {
        // Half of the pause is fixed and half random, so that callers who failed together do not come back together. FaceGrid's nodes have
        // the same rule in Backoff. This package references no other part of FaceGrid, so it has its own.
        double milliseconds = Math.Min(PauseFirst.TotalMilliseconds * Math.Pow(2, Math.Min(attempt, 10)), PauseMax.TotalMilliseconds);
        return TimeSpan.FromMilliseconds((milliseconds / 2) + (Random.Shared.NextDouble() * milliseconds / 2));
    }

    private TimeSpan? ReadRetryAfter(RetryConditionHeaderValue? header)
    {
        TimeSpan? wait = header?.Delta ?? (header?.Date is { } date ? date - Clock.GetUtcNow() : null);
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }

    private static ByteArrayContent Bytes(byte[] bytes, string contentType) => new(bytes)
    {
        Headers = { ContentType = new MediaTypeHeaderValue(contentType) },
    };

    private static JsonElement ReadBody(byte[] bytes)
    {
        if (bytes.Length == 0)
        {
            return default;
        }

        try
        {
            return JsonSerializer.Deserialize<JsonElement>(bytes, ClusterJson.Options);
        }
        catch (JsonException e)
        {
            throw ClusterProblemException.Unreadable($"The server's answer is not JSON ({e.Message}); is this a FaceGrid gateway?");
        }
    }

    private static ClusterProblemException ReadProblem(int status, byte[] bytes)
    {
        try
        {
            JsonElement body = JsonSerializer.Deserialize<JsonElement>(bytes, ClusterJson.Options);
            if (body.ValueKind == JsonValueKind.Object && body.Text("code") is { } code)
            {
                string alike = body.Member("lookAlike") is { } other
                    ? $" Look-alike: {other.Text("person")} at {DistanceText.Of(other.Number("distance"))}."
                    : "";
                string detail = (body.Text("detail") ?? body.Text("title") ?? code) + alike;
                return new ClusterProblemException(status, code, detail, body.Text("requestId"));
            }
        }
        catch (JsonException)
        {
            // A proxy or another program answered; the status alone says what there is to say.
        }

        return new ClusterProblemException(
            status, $"http-{status}", $"The server answered with status {status} and no problem document.", requestId: null);
    }
}
