using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace FaceGrid.Tests.Rules;

/// <summary>A receiver of webhooks on a loopback port, that answers as the test wishes.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    private readonly WebApplication _app;

    private Receiver(WebApplication app) => _app = app;

    public string Url => _app.Urls.First() + "/hook";

    /// <summary>What answers a message, in place of 200.</summary>
    public Func<JsonElement, CancellationToken, Task<int>> Answer { get; set; } = static (_, _) => Task.FromResult(200);

    /// <summary>Messages that were answered with 200, in order.</summary>
    public ConcurrentQueue<(JsonElement Message, byte[] Body, IHeaderDictionary Headers)> Taken { get; } = new();

    /// <summary>Ids of all messages that came.</summary>
    public ConcurrentQueue<string> Came { get; } = new();

    public static async Task<Receiver> StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        WebApplication app = builder.Build();
        var receiver = new Receiver(app);
        app.MapPost("/hook", receiver.TakeAsync);
        app.Urls.Add("http://127.0.0.1:0");
        await app.StartAsync();
        return receiver;
    }

    public string[] Ids => [.. Taken.Select(taken => taken.Message.GetProperty("id").GetString()!)];

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
