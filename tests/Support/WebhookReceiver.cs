using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace FaceGrid.Tests.Support;

/// <summary>A receiver of webhooks on a loopback port, that answers as the test wishes.</summary>
public sealed class WebhookReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;

    private WebhookReceiver(WebApplication app) => _app = app;

    /// <summary>Where messages go.</summary>
    public string Url => _app.Urls.First() + "/hook";

    /// <summary>What answers a message, in place of 200.</summary>
    public Func<JsonElement, CancellationToken, Task<int>> Answer { get; set; } = static (_, _) => Task.FromResult(200);

    /// <summary>Messages that were answered with 200, in order.</summary>
    public ConcurrentQueue<(JsonElement Message, byte[] Body, IHeaderDictionary Headers)> Taken { get; } = new();

    /// <summary>Ids of all messages that came.</summary>
    public ConcurrentQueue<string> Came { get; } = new();

    /// <summary>Starts to listen.</summary>
    /// <param name="port">Where, on loopback; 0 for a free port.</param>
    public static async Task<WebhookReceiver> StartAsync(int port = 0)
    {
        WebApplicationBuilder builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        WebApplication app = builder.Build();
        var receiver = new WebhookReceiver(app);
        app.MapPost("/hook", receiver.TakeAsync);
        app.Urls.Add($"http://127.0.0.1:{port}");
        await app.StartAsync();
        return receiver;
    }

    /// <summary>Ids of the messages that were answered with 200, in order.</summary>
    public string[] Ids => [.. Taken.Select(taken => taken.Message.GetProperty("id").GetString()!)];

    /// <summary>Stops to listen.</summary>
    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        using var buffer = new MemoryStream();
        await context.Request.Body.CopyToAsync(buffer);
        byte[] body = buffer.ToArray();
        JsonElement message = JsonSerializer.Deserialize<JsonElement>(body);
        Came.Enqueue(message.GetProperty("id").GetString()!);
        int status = await Answer(message, context.RequestAborted);
        if (status == 200)
        {
            Taken.Enqueue((message, body, new HeaderDictionary(context.Request.Headers.ToDictionary())));
        }

        context.Response.StatusCode = status;
    }
}
