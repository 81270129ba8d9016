using System.Net.Http.Headers;
using System.Text.Json;
using FaceGrid.Client;

namespace FaceGrid.Load.Requests;

/// <summary>Sends each request once, over as many connections as there are requests in flight. Safe for concurrent use.</summary>
internal sealed class LoadClient : IDisposable
{
    private readonly HttpClient _http;

    /// <summary>Creates a client.</summary>
    /// <param name="server">The gateway's address, ending in '/'.</param>
    /// <param name="key">API key, or null.</param>
    /// <param name="timeout">How long to wait for an answer.</param>
    public LoadClient(Uri server, string? key, TimeSpan timeout)
    {
        SocketsHttpHandler handler = new() { AllowAutoRedirect = false, ConnectTimeout = timeout, ActivityHeadersPropagator = null };
        _http = new HttpClient(handler) { BaseAddress = server, Timeout = timeout };
        if (key is not null)
        {
            _http.DefaultRequestHeaders.TryAddWithoutValidation("X-Api-Key", key);
        }
    }

    /// <summary>Sends a request once.</summary>
    /// <param name="question">The request.</param>
    /// <param name="cancellationToken">Ends the wait. The grid may still do what was asked.</param>
    /// <returns>The outcome. A failure is an outcome, too, and not an exception.</returns>
    public async Task<LoadAnswer> AskAsync(LoadQuestion question, CancellationToken cancellationToken)
    {
        try
        {
            using HttpRequestMessage request = new(HttpMethod.Post, new Uri(question.Path, UriKind.Relative));
            request.Content = new ByteArrayContent(question.Body)
            {
                Headers = { ContentType = new MediaTypeHeaderValue(question.ContentType) },
            };
            using HttpResponseMessage response = await _http.SendAsync(request, cancellationToken);
            byte[] body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            return Judge(question, (int)response.StatusCode, body);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return new LoadAnswer("unreachable", Wrong: null);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new LoadAnswer("timeout", Wrong: null);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private static LoadAnswer Judge(LoadQuestion question, int status, byte[] body)
    {
        JsonElement answer;
        try
        {
            answer = JsonSerializer.Deserialize<JsonElement>(body);
        }
        catch (JsonException)
        {
            // A proxy or another program answered. Only its status is of use.
            return new LoadAnswer($"http-{status}", status is >= 200 and <= 299 ? "The answer is not JSON." : null);
        }

        switch (status)
        {
            case 200 or 201:
                return answer.Member("complete") is { ValueKind: JsonValueKind.False }
                    ? new LoadAnswer("partial", Wrong: null)
                    : new LoadAnswer(Code: null, question.Fault(answer));
            case 202:
                return new LoadAnswer("not-searchable", Wrong: null);
            default:
                // Every person in a request was acknowledged before, so nobody may be missing.
                string code = answer.Text("code") ?? $"http-{status}";
                return new LoadAnswer(code, code == "person-not-found" ? "An enrolled person is missing." : null);
        }
    }
}
