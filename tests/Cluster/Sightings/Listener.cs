using System.Net;
using System.Text.Json;

namespace FaceGrid.Tests.Sightings;

/// <summary>A client of <c>/v1/events</c> that does what the standard asks of one: remembers the last id, and resumes with it.</summary>
internal sealed class Listener(HttpClient client, string path) : IDisposable
{
    private HttpResponseMessage? _response;
    private StreamReader? _reader;

    /// <summary>The last id, with or without an event.</summary>
    public string? LastId { get; private set; }

    public HttpStatusCode? Status => _response?.StatusCode;

    public async Task ConnectAsync(CancellationToken cancellationToken)
    {
        Dispose();
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (LastId is not null)
        {
            request.Headers.Add("Last-Event-ID", LastId);
        }

        _response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        _reader = new StreamReader(await _response.Content.ReadAsStreamAsync(cancellationToken));
    }

    /// <summary>Reads up to the next event.</summary>
    /// <exception cref="IOException">The stream ended.</exception>
    public async Task<(string Type, long Id, JsonElement Data)> NextAsync(CancellationToken cancellationToken)
    {
        (string type, string data) = ("message", "");
        while (await _reader!.ReadLineAsync(cancellationToken) is { } line)
        {
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
                case "id": LastId = value; break;
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

    public void Dispose()
    {
        _reader?.Dispose();
        _response?.Dispose();
    }
}
