using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using FaceGrid.Tests.Support;

namespace FaceGrid.Tests.Faults.Clusters;

/// <summary>
/// A client with pictures that asks whichever node serves, as a load balancer would have it: what is not answered, and what the grid says will pass (429, 503), it asks again, at another node, for as long as its
/// patience lasts. Anything else is a failure, and so is an answer that is not right. Safe for concurrent use.
/// </summary>
/// <param name="grid">The nodes.</param>
/// <param name="gallery">Gallery id.</param>
internal sealed class MigratingClient(GridProcesses grid, string gallery)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ConcurrentQueue<string> _complaints = new();
    private long _answered, _repeated;

    /// <summary>Questions answered so far.</summary>
    public long Answered => Interlocked.Read(ref _answered);

    /// <summary>Questions that had to be asked again.</summary>
    public long Repeated => Interlocked.Read(ref _repeated);

    /// <summary>Everything that was wrong.</summary>
    public string[] Complaints => [.. _complaints];

    /// <summary>Asks who is in enrolled pictures, and whether they are who they are, until told to stop.</summary>
    /// <param name="enrolled">People who are enrolled, with their picture; may grow.</param>
    /// <param name="random">Choices.</param>
    /// <param name="stop">Ends it after the question under way.</param>
    public async Task RunAsync(ConcurrentDictionary<string, byte[]> enrolled, Random random, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            (string person, byte[] picture) = enrolled.ElementAt(random.Next(enrolled.Count));
            bool verify = random.Next(3) == 0;
            JsonElement? body = await PostAsync(verify ? $"people/{Uri.EscapeDataString(person)}/verify?face=main" : "identify?limit=2", picture);
            if (body is { } answer && !(verify ? answer.GetProperty("match").GetBoolean() : IsRight(answer, person)))
            {
                _complaints.Enqueue($"{person}, {(verify ? "verify" : "identify")}: {answer}");
            }
        }
    }

    /// <summary>Enrols a picture, until it is searchable.</summary>
    /// <param name="person">Person id.</param>
    /// <param name="picture">The picture.</param>
    /// <returns>False when that came to nothing.</returns>
    public async Task<bool> EnrolAsync(string person, byte[] picture)
    {
        for (int attempt = 0; attempt < 120; attempt++)
        {
            if (await PostAsync($"people/{Uri.EscapeDataString(person)}/faces?face=main", picture) is not { } body)
            {
                return false;
            }

            if (body.GetProperty("searchable").GetBoolean())
            {
                return true;
            }

            await Task.Delay(500, CancellationToken.None);
        }

        _complaints.Enqueue($"{person} is not searchable after a minute");
        return false;
    }

    /// <summary>Posts a picture, with patience.</summary>
    /// <param name="path">Below the gallery.</param>
    /// <param name="picture">JPEG, or null for an empty JSON object.</param>
    /// <returns>The answer, or null when there was none; then that is among the complaints.</returns>
    public async Task<JsonElement?> PostAsync(string path, byte[]? picture)
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            (int status, string body) = await TryAsync(path, picture);
            if (status is >= 200 and < 300)
            {
                Interlocked.Increment(ref _answered);
                return JsonDocument.Parse(body).RootElement;
            }

            if (status is not (0 or 429 or 503) || Stopwatch.GetElapsedTime(start) > Patience)
            {
                _complaints.Enqueue($"{path}: {status} {body}");
                return null;
            }

            Interlocked.Increment(ref _repeated);
            await Task.Delay(200, CancellationToken.None);
        }
    }

    private async Task<(int Status, string Body)> TryAsync(string path, byte[]? picture)
    {
        NodeProcess[] nodes = [.. grid.Serving.Values];
        if (nodes.Length == 0)
        {
            return (0, "no node serves");
        }

        try
        {
            NodeProcess node = nodes[Random.Shared.Next(nodes.Length)];
            if (picture is not null)
            {
                return await Portraits.PostAsync(node, $"/v1/galleries/{gallery}/{path}", picture);
            }

            (System.Net.HttpStatusCode status, JsonElement body) = await node.SendAsync(HttpMethod.Post, $"/v1/galleries/{gallery}/{path}", new { });
            return ((int)status, body.ToString());
        }
        catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException or IOException or ObjectDisposedException or JsonException)
        {
            return (0, failure.Message); // The node is gone.
        }
    }

    // Smaller faces behind the main one count for nothing.
    private static bool IsRight(JsonElement body, string person) => body.GetProperty("complete").GetBoolean() && body.GetProperty("faces").EnumerateArray().Any(
        face => face.GetProperty("decision").GetString() == "match" && face.GetProperty("person").GetString() == person && face.GetProperty("candidates")[0].GetProperty("distance").GetDouble() < 0.5);
}
