using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using FaceGrid.Gateway;
using FaceGrid.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Shouldly;

namespace FaceGrid.Tests.Gateway;

/// <summary>The whole gateway on a free loopback port, in front of a <see cref="FakeGrid"/>.</summary>
public sealed class GatewayHost : IAsyncDisposable
{
    private GatewayHost(WebApplication app, FakeGrid grid, LogLines log)
    {
        App = app;
        Grid = grid;
        Log = log;
        Client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
    }

    public WebApplication App { get; }

    public FakeGrid Grid { get; }

    public LogLines Log { get; }

    public HttpClient Client { get; }

    public static Task<GatewayHost> StartAsync(params (string Key, string Value)[] settings) => StartAsync(factory: null, settings);

    /// <summary>Starts in front of other grains than those of the fake grid, which then has no part in it.</summary>
    public static async Task<GatewayHost> StartAsync(IGrainFactory? factory, params (string Key, string Value)[] settings)
    {
        var grid = new FakeGrid();
        var log = new LogLines();
        WebApplicationBuilder builder = WebApplication.CreateBuilder();
        builder.Configuration.AddInMemoryCollection([new("FaceGrid:Url", "http://127.0.0.1:0")]);
        builder.Configuration.AddInMemoryCollection(
            settings.Select(setting => new KeyValuePair<string, string?>("FaceGrid:" + setting.Key, setting.Value)));
        builder.Logging.ClearProviders().AddProvider(log).SetMinimumLevel(LogLevel.Debug);
        builder.Services.AddSingleton(factory ?? grid.Factory);
        builder.Services.AddFaceGridGateway(builder.Configuration);
        WebApplication app = builder.Build();
        app.MapFaceGridGateway();
        await app.StartAsync();
        return new GatewayHost(app, grid, log);
    }

    public static HttpContent Picture(string words = "faces:1", string type = "image/jpeg")
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(words));
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        return content;
    }

    public static HttpContent Json(string json) => new StringContent(json, Encoding.UTF8, "application/json");

    public async Task<JsonElement> GetAsync(string path) => await Client.GetFromJsonAsync<JsonElement>(path);

    /// <summary>Waits until the metrics hold some texts. Only for tests of <see cref="GatewayMetrics"/>.</summary>
    public Task ShouldCountAsync(params string[] texts) => Eventually.AssertAsync(async () =>
    {
        string metrics = await Client.GetStringAsync("/metrics");
        foreach (string text in texts)
        {
            metrics.ShouldContain(text);
        }
    });

    public Task<(int Status, JsonElement Body)> PostAsync(string path, HttpContent? content) => SendAsync(HttpMethod.Post, path, content);

    public Task<(int Status, JsonElement Body)> PutAsync(string path, HttpContent? content) => SendAsync(HttpMethod.Put, path, content);

    public async Task<(int Status, JsonElement Body)> SendAsync(HttpMethod method, string path, HttpContent? content)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        using HttpResponseMessage response = await Client.SendAsync(request);
        string text = await response.Content.ReadAsStringAsync();
        return ((int)response.StatusCode, text.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(text));
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await App.StopAsync();
        await App.DisposeAsync();
    }

    /// <summary>Keeps every line that the host logs.</summary>
    public sealed class LogLines : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<(LogLevel Level, string Text)> Lines { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Enqueue((logLevel, formatter(state, exception) + exception));

        public void Dispose()
        {
        }
    }
}
