using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using FaceGrid.Tests.Faults.Histories;
using FaceGrid.Tests.Support;

namespace FaceGrid.Tests.Faults.Clusters;

/// <summary>Calls nodes that may be gone or hang, for clients that write down what they were told. Safe for concurrent use.</summary>
/// <param name="grid">The nodes.</param>
internal sealed class GridCalls(GridProcesses grid)
{
    /// <summary>Longer than a gateway takes to find out that a node is gone, shorter than a node may be frozen.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(12);

    /// <summary>One of the nodes that serve; null while none does.</summary>
    public string? AnyNode(Random random)
    {
        string[] nodes = [.. grid.Serving.Keys];
        return nodes.Length == 0 ? null : nodes[random.Next(nodes.Length)];
    }

    /// <summary>Sends JSON, or nothing.</summary>
    /// <returns>Status and code when it is not a success, and the body.</returns>
    public Task<(string? Problem, JsonElement Body)> SendAsync(string node, HttpMethod method, string path, object? json = null) => SendAsync(node, method, path, json is null ? null : JsonContent.Create(json));

    /// <summary>Posts a picture.</summary>
    /// <returns>Status and code when it is not a success, and the body.</returns>
    public Task<(string? Problem, JsonElement Body)> PostPictureAsync(string node, string path, byte[] picture)
    {
        var content = new ByteArrayContent(picture);
        content.Headers.ContentType = new MediaTypeHeaderValue("image/jpeg");
        return SendAsync(node, HttpMethod.Post, path, content);
    }

    private async Task<(string? Problem, JsonElement Body)> SendAsync(string node, HttpMethod method, string path, HttpContent? content)
    {
        try
        {
            using var request = new HttpRequestMessage(method, path) { Content = content };
            using var patience = new CancellationTokenSource(Patience);
            using HttpResponseMessage response = await grid.Running[node].Http.SendAsync(request, patience.Token);
            string text = await response.Content.ReadAsStringAsync(patience.Token);
            JsonElement body = text.Length == 0 ? default : JsonDocument.Parse(text).RootElement;
            return (response.IsSuccessStatusCode ? null : $"{(int)response.StatusCode} {CodeOf(body)}", body);
        }
        catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException or IOException or ObjectDisposedException or KeyNotFoundException)
        {
            return (Problems.NoAnswer, default); // The node is gone or frozen.
        }
    }

    private static string CodeOf(JsonElement body) => body.ValueKind == JsonValueKind.Object && body.TryGetProperty("code", out JsonElement code) ? code.GetString()! : "without a code";
}
