using System.Net;
using System.Text.Json;

namespace FaceGrid.Tests.Support;

/// <summary>A client of <c>/v1/events</c> that does what the standard asks of one: remembers the last id, and resumes with it.</summary>
/// <param name="client">Talks to a gateway.</param>
/// <param name="path">Path and filters.</param>
public sealed class EventListener(HttpClient client, string path) : IDisposable
{
    private HttpClient _client = client;
    private HttpResponseMessage? _response;
    private StreamReader? _reader;

    /// <summary>The last id, with or without an event.</summary>
    public string? LastId { get; private set; }

    /// <summary>What the gateway answered.</summary>
    public HttpStatusCode? Status => _response?.StatusCode;

    /// <summary>Connects, behind the last id where there is one.</summary>
    /// <param name="cancellationToken">Ends the attempt to connect.</param>
    /// <param name="other">Talks to another gateway from now on; null to stay.</param>
    public async Task ConnectAsync(CancellationToken cancellationToken, HttpClient? other = null)
    {
        Dispose();
        _client = other ?? _client;
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (LastId is not null)
        {
            request.Headers.Add("Last-Event-ID", LastId);
        }

        _response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        _reader = new StreamReader(await _response.Content.ReadAsStreamAsync(cancellationToken));
    }

    /// <summary>Reads up to the next event.</summary>
    /// <exception cref="IOException">The stream ended.</exception>
    public async Task<(string Type, long Id, JsonElement Data)> NextAsync(CancellationToken cancellationToken)
    {
        (string type, string data, string? id) = ("message", "", null);
        while (await _reader!.ReadLineAsync(cancellationToken) is { } line)
        {
            LastId = line.Length == 0 ? id ?? LastId : LastId; // An event that breaks off in the middle was not told.
            if (line.Length == 0 && data.Length > 0)
            {
                return (type, long.Parse(LastId!), JsonSerializer.Deserialize<JsonElement>(data));
            }

            int colon = line.IndexOf(':', StringComparison.Ordinal);
            string field = colon < 0 ? line : line[..colon], value = colon < 0 ? "" : line[(colon + 1)..].TrimStart(' ');
            switch (field)
            {
                case "event": type = value; break;
                case "data": data += value; break;
                case "id": id = value; break;
                case "" when line.Length == 0: type = "message"; break;
            }
        }

        throw new IOException("The stream ended.");
    }

    /// <summary>Reads on until the stream has said where it is.</summary>
    public async Task<string> HereAsync(CancellationToken cancellationToken)
    {
        while (LastId is null)
        {
            string line = await _reader!.ReadLineAsync(cancellationToken) ?? throw new IOException("The stream ended.");
            LastId = line.StartsWith("id: ", StringComparison.Ordinal) ? line[4..] : null;
        }

        return LastId;
    }

    /// <summary>Hangs up.</summary>
    public void Dispose()
    {
        _reader?.Dispose();
        _response?.Dispose();
    }
}
