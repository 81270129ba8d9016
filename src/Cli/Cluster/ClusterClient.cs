using System.Net.Http.Headers;
using System.Text.Json;
using FaceGrid.Cli.Shell;

namespace FaceGrid.Cli.Cluster;

/// <summary>
/// Talks to a gateway. A request that meets a busy, unavailable or unreachable grid is sent again, as late as <c>Retry-After</c> asks or with a
/// growing pause, until the patience is used up. Every request of the API may be repeated. Safe for concurrent use.
/// </summary>
internal sealed class ClusterClient : IDisposable
{
    private static readonly TimeSpan PauseFirst = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(5);

    /// <summary>How long a connection may take: a machine without power answers nothing, not even that it refuses.</summary>
    private static readonly TimeSpan ConnectMax = TimeSpan.FromSeconds(10);

    /// <summary>How long an answer may take, or the head of a stream.</summary>
    private static readonly TimeSpan AnswerMax = TimeSpan.FromMinutes(5);

    private readonly HttpClient http;
    private readonly Uri server;
    private readonly TimeSpan patience;
    private readonly TimeProvider clock;

    /// <summary>Creates a client.</summary>
    /// <param name="server">The gateway's address, ending in '/'.</param>
    /// <param name="key">API key, or null.</param>
    /// <param name="patience">How long one request is tried again, from its first failure on.</param>
    /// <param name="clock">Measures the patience, and how long an answer takes.</param>
    /// <param name="handler">Carries the requests, and is disposed with the client; null for one that connects to the server.</param>
    public ClusterClient(Uri server, string? key, TimeSpan patience, TimeProvider clock, HttpMessageHandler? handler = null)
    {
        this.server = server;
        this.patience = patience;
        this.clock = clock;
        handler ??= new SocketsHttpHandler
        {
            PooledConnectionLifetime = TimeSpan.FromMinutes(1),
            ConnectTimeout = ConnectMax,
            MaxConnectionsPerServer = 256,
            AllowAutoRedirect = false,
        };
        http = new HttpClient(handler) { BaseAddress = server, Timeout = Timeout.InfiniteTimeSpan }; // Each request brings its own limit.
        if (key is not null && !http.DefaultRequestHeaders.TryAddWithoutValidation("X-Api-Key", key))
        {
            throw CliException.Usage("The API key holds characters that a header cannot carry.");
        }
    }

    /// <summary>Reads a document.</summary>
    /// <param name="path">Relative to the server.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The answer.</returns>
    /// <exception cref="ClusterProblemException">The grid refused, or the patience is used up.</exception>
    public Task<ClusterAnswer> GetAsync(string path, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Get, path, content: null, cancellationToken);

    /// <summary>Reads a plain text.</summary>
    /// <param name="path">Relative to the server.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The text.</returns>
    /// <exception cref="ClusterProblemException">The grid refused, or the patience is used up.</exception>
    public Task<string> GetTextAsync(string path, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Get, path, content: null, static (_, bytes) => System.Text.Encoding.UTF8.GetString(bytes), cancellationToken);

    /// <summary>Opens a stream that the server ends when it likes. Not tried again: the caller knows from where to go on.</summary>
    /// <param name="path">Relative to the server.</param>
    /// <param name="lastEventId">What was seen last, or null.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The answer, the caller's to dispose.</returns>
    /// <exception cref="ClusterProblemException">The grid refused or did not answer.</exception>
    public async Task<HttpResponseMessage> OpenStreamAsync(string path, string? lastEventId, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, new Uri(path, UriKind.Relative));
        if (lastEventId is not null)
        {
            request.Headers.TryAddWithoutValidation("Last-Event-ID", lastEventId);
        }

        using CancellationTokenSource late = new(AnswerMax, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            HttpResponseMessage response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
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
    /// <inheritdoc cref="GetAsync"/>
    public Task<ClusterAnswer> DeleteAsync(string path, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Delete, path, content: null, cancellationToken);

    /// <summary>Sends a JSON document.</summary>
    /// <typeparam name="T">Any serialisable type.</typeparam>
    /// <param name="method">The HTTP method.</param>
    /// <param name="path">Relative to the server.</param>
    /// <param name="body">The document.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The answer.</returns>
    /// <exception cref="ClusterProblemException">The grid refused, or the patience is used up.</exception>
    public Task<ClusterAnswer> SendJsonAsync<T>(HttpMethod method, string path, T body, CancellationToken cancellationToken)
    {
        byte[] bytes = JsonSerializer.SerializeToUtf8Bytes(body, Terminal.JsonOptions);
        return SendAsync(method, path, () => Bytes(bytes, "application/json"), cancellationToken);
    }

    /// <summary>Posts one picture.</summary>
    /// <param name="path">Relative to the server.</param>
    /// <param name="picture">The picture.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The answer.</returns>
    /// <exception cref="ClusterProblemException">The grid refused, or the patience is used up.</exception>
    public Task<ClusterAnswer> PostPictureAsync(string path, Picture picture, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, path, () => Bytes(picture.Bytes, picture.ContentType), cancellationToken);

    /// <summary>Posts two pictures as the multipart fields <c>a</c> and <c>b</c>.</summary>
    /// <param name="path">Relative to the server.</param>
    /// <param name="a">The first picture.</param>
    /// <param name="b">The second picture.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The answer.</returns>
    /// <exception cref="ClusterProblemException">The grid refused, or the patience is used up.</exception>
    public Task<ClusterAnswer> PostPairAsync(string path, Picture a, Picture b, CancellationToken cancellationToken) =>
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
    public void Dispose() => http.Dispose();

    private Task<ClusterAnswer> SendAsync(HttpMethod method, string path, Func<HttpContent>? content, CancellationToken cancellationToken) =>
        SendAsync(method, path, content, static (response, bytes) => new ClusterAnswer((int)response.StatusCode, ReadBody(bytes)), cancellationToken);

    private async Task<T> SendAsync<T>(HttpMethod method, string path, Func<HttpContent>? content, Func<HttpResponseMessage, byte[], T> read, CancellationToken cancellationToken)
    {
        long? failedSince = null;
        for (int attempt = 0; ; attempt++)
        {
            TimeSpan? retryAfter = null;
            ClusterProblemException problem;
            using CancellationTokenSource late = new(AnswerMax, clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
            try
            {
                using HttpRequestMessage request = new(method, new Uri(path, UriKind.Relative)) { Content = content?.Invoke() };
                using HttpResponseMessage response = await http.SendAsync(request, either.Token);
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

            failedSince ??= clock.GetTimestamp();
            TimeSpan pause = retryAfter ?? Pause(attempt);
            if (!problem.IsTransient || clock.GetElapsedTime(failedSince.Value) + pause > patience)
            {
                throw problem;
            }

            await Task.Delay(pause, clock, cancellationToken);
        }
    }

    private ClusterProblemException Unreachable(Exception failure) => new(
        0, "unreachable", failure is IOException ? $"The connection to {server} broke: {failure.Message}" : $"No answer from {server}: {failure.Message}", requestId: null, failure);

    // Besides the caller and the limit of an answer only the limit of a connection cancels.
    private ClusterProblemException TooLate(OperationCanceledException failure, bool answer) => new(
        0, "timeout", answer ? $"No answer from {server} within {AnswerMax.TotalSeconds:0} s." : $"No connection to {server} within {ConnectMax.TotalSeconds:0} s.", requestId: null, failure);

    private static TimeSpan Pause(int attempt)
    {
        // Half of the pause is fixed and half random, so that callers who failed together do not come back together.
        double milliseconds = Math.Min(PauseFirst.TotalMilliseconds * Math.Pow(2, Math.Min(attempt, 10)), PauseMax.TotalMilliseconds);
        return TimeSpan.FromMilliseconds((milliseconds / 2) + (Random.Shared.NextDouble() * milliseconds / 2));
    }

    private TimeSpan? ReadRetryAfter(RetryConditionHeaderValue? header)
    {
        TimeSpan? wait = header?.Delta ?? (header?.Date is { } date ? date - clock.GetUtcNow() : null);
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
            return JsonSerializer.Deserialize<JsonElement>(bytes, Terminal.JsonOptions);
        }
        catch (JsonException e)
        {
            throw new CliException($"The server's answer is not JSON ({e.Message}); is this a FaceGrid gateway?", "not-a-gateway");
        }
    }

    private static ClusterProblemException ReadProblem(int status, byte[] bytes)
    {
        try
        {
            JsonElement body = JsonSerializer.Deserialize<JsonElement>(bytes, Terminal.JsonOptions);
            if (body.ValueKind == JsonValueKind.Object && body.Text("code") is { } code)
            {
                string alike = body.Member("lookAlike") is { } other ? $" Look-alike: {other.Text("person")} at {JsonReading.ShowDistance(other.Number("distance"))}." : "";
                return new ClusterProblemException(status, code, (body.Text("detail") ?? body.Text("title") ?? code) + alike, body.Text("requestId"));
            }
        }
        catch (JsonException)
        {
            // A proxy or another program answered; the status alone says what there is to say.
        }

        return new ClusterProblemException(status, $"http-{status}", $"The server answered with status {status} and no problem document.", requestId: null);
    }
}
