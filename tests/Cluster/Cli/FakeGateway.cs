using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace FaceGrid.Tests.Cli;

/// <summary>
/// A gateway of the documented contract, small enough to read: people in a dictionary, and a "picture" whose embedding is read from its
/// text.
/// The bytes "no-face" are a picture without a face. Tests can make it busy or cut it off.
/// </summary>
internal sealed class FakeGateway : IDisposable
{
    private readonly HttpListener listener = new();
    private readonly ConcurrentDictionary<string, JsonObject> galleries = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, SortedDictionary<string, JsonObject>> people = new(StringComparer.Ordinal);
    private readonly Lock gate = new();
    private int births;

    public FakeGateway()
    {
        for (int attempt = 0; ; attempt++)
        {
            using TcpListener probe = new(IPAddress.Loopback, 0);
            probe.Start();
            int port = ((IPEndPoint)probe.LocalEndpoint).Port;
            probe.Stop();
            listener.Prefixes.Clear();
            listener.Prefixes.Add($"http://127.0.0.1:{port}/");
            try
            {
                listener.Start();
                Address = $"http://127.0.0.1:{port}";
                break;
            }
            catch (HttpListenerException) when (attempt < 10)
            {
                // Somebody else took the port in between.
            }
        }

        CreateGallery("default", contract: null);
        _ = ServeAsync();
    }

    public string Address { get; }

    public string? Key { get; set; }

    /// <summary>Requests in order, as "METHOD path".</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>Looks at each request first; a status other than null is sent as a problem.</summary>
    public Func<string, (int Status, string Code)?> Trouble { get; set; } = _ => null;

    /// <summary>Which faces, by the person they are enrolled for and their vector, go into quarantine.</summary>
    public Func<string, float[], bool> Quarantines { get; set; } = (_, _) => false;

    /// <summary>The people of every gallery's report.</summary>
    public JsonArray Report { get; set; } = [];

    /// <summary>Ids of people and of galleries whose rows cannot be read; told with the first page of each list.</summary>
    public string[] Damaged { get; set; } = [];

    /// <summary>Added to every distance of identify.</summary>
    public double DistanceError { get; set; }

    /// <summary>A vector of the contract "fake", as a picture's bytes say it: "x y z w".</summary>
    public static byte[] Picture(params float[] vector) => System.Text.Encoding.UTF8.GetBytes(string.Join(' ', vector));

    public JsonObject? Person(string gallery, string id) => people[gallery].GetValueOrDefault(id);

    /// <summary>The policy of a gallery, as it was put: member by member, each as a whole.</summary>
    public JsonNode? Policy(string gallery) => galleries[gallery]["policy"];

    public void CreateGallery(string id, JsonObject? contract)
    {
        galleries[id] = new JsonObject
        {
            ["id"] = id,
            ["contract"] = contract?.DeepClone(),
            ["verify"] = new JsonObject { ["distance"] = 1.0, ["origin"] = "profile", ["falseMatchRate"] = 0.0001 },
            ["identify"] = new JsonObject { ["distance"] = 0.9, ["origin"] = "gallery" },
            ["shards"] = 1,
            ["createdAt"] = $"2026-01-01T00:00:{births++:00}Z",
        };
        people.TryAdd(id, new SortedDictionary<string, JsonObject>(StringComparer.Ordinal));
    }

    public void Dispose() => listener.Close();

    private async Task ServeAsync()
    {
        while (listener.IsListening)
        {
            try
            {
                HttpListenerContext context = await listener.GetContextAsync();
                _ = Task.Run(() => Answer(context));
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }
        }
    }

    private void Answer(HttpListenerContext context)
    {
        using MemoryStream body = new();
        context.Request.InputStream.CopyTo(body);
        string line = $"{context.Request.HttpMethod} {context.Request.Url!.PathAndQuery}";
        Requests.Enqueue(line);
        (int status, JsonNode? answer) = (200, null);
        lock (gate)
        {
            (status, answer) = Trouble(line) is { } trouble ? Problem(trouble.Status, trouble.Code)
                : Key is not null && context.Request.Headers["X-Api-Key"] != Key ? Problem(401, "unauthorized")
                : Route(context.Request, body.ToArray());
        }

        context.Response.StatusCode = status;
        if (status is 429 or 503)
        {
            context.Response.Headers["Retry-After"] = "0";
        }

        context.Response.ContentType = status >= 400 ? "application/problem+json" : "application/json";
        if (answer is not null)
        {
            context.Response.Close(System.Text.Encoding.UTF8.GetBytes(answer.ToJsonString()), willBlock: true);
        }
        else
        {
            context.Response.Close();
        }
    }

    private (int, JsonNode?) Route(HttpListenerRequest request, byte[] body)
    {
        string[] parts = [.. request.Url!.AbsolutePath.Trim('/').Split('/').Select(Uri.UnescapeDataString)];
        string method = request.HttpMethod;
        switch (parts)
        {
            case ["v1", "compare"]:
                return (
                    200,
                    new JsonObject
                    {
                        ["match"] = false,
                        ["distance"] = 1.5,
                        ["threshold"] = new JsonObject { ["distance"] = 1.0, ["origin"] = "profile" },
                    });
            case ["v1", "embed"]:
                JsonArray faces = Vector(body) is { } vector ? [new JsonObject { ["box"] = Box(), ["embedding"] = Text(vector) }] : [];
                return (200, new JsonObject { ["width"] = 100, ["height"] = 100, ["contract"] = Contract(), ["faces"] = faces });
            case ["v1", "galleries"]:
                return (
                    200,
                    WithDamaged(new JsonObject { ["galleries"] = new JsonArray([.. galleries.Values.Select(g => g.DeepClone())]) }));
            case ["v1", "galleries", var id]:
                return Gallery(method, id, body);
            case ["v1", "galleries", var id, ..] when !galleries.ContainsKey(id):
                return Problem(404, "gallery-not-found");
            case ["v1", "galleries", var id, "identify"]:
                return Identify(id, body);
            case ["v1", "galleries", _, "report"]:
                return (200, new JsonObject { ["people"] = Report.DeepClone(), ["next"] = null });
            case ["v1", "galleries", var id, "people"]:
                return method == "GET" ? Page(id, request) : Bulk(id, body);
            case ["v1", "galleries", var id, "people", var person]:
                return PersonCall(method, id, person, body);
            case ["v1", "galleries", var id, "people", var person, "faces"]:
                return Enrol(id, person, body);
            case ["v1", "galleries", var id, "people", var person, "verify"]:
                return Verify(id, person, body);
            default:
                return Problem(404, "not-found");
        }
    }

    private (int, JsonNode?) Gallery(string method, string id, byte[] body)
    {
        bool known = galleries.ContainsKey(id);
        switch (method)
        {
            case "PUT":
                JsonNode? settings = body.Length == 0 ? null : JsonNode.Parse(body);
                JsonNode? contract = settings?["contract"];
                if (!known)
                {
                    CreateGallery(id, contract?.AsObject());
                }
                else
                {
                    galleries[id]["contract"] ??= contract?.DeepClone();
                }

                foreach ((string member, JsonNode? value) in settings?["policy"]?.AsObject() ?? [])
                {
                    JsonObject policy = galleries[id]["policy"]?.AsObject() ?? [];
                    galleries[id]["policy"] = policy.DeepClone();
                    galleries[id]["policy"]![member] = value!.DeepClone();
                }

                return (known ? 200 : 201, galleries[id].DeepClone());
            case "DELETE":
                galleries.TryRemove(id, out _);
                people.TryRemove(id, out _);
                return (204, null);
            default:
                return known ? (200, galleries[id].DeepClone()) : Problem(404, "gallery-not-found");
        }
    }

    private (int, JsonNode?) Page(string id, HttpListenerRequest request)
    {
        int limit = int.Parse(request.QueryString["limit"] ?? "100");
        string after = request.QueryString["after"] ?? "";
        JsonObject[] all = [.. people[id].Values.Where(person => string.CompareOrdinal((string)person["id"]!, after) > 0)];
        JsonObject[] page = [.. all.Take(limit).Select(person => (JsonObject)person.DeepClone())];
        if (request.QueryString["embeddings"] != "true")
        {
            foreach (JsonNode? face in page.SelectMany(person => person["faces"]!.AsArray()))
            {
                face!.AsObject().Remove("embedding");
            }
        }

        JsonObject answer = new() { ["people"] = new JsonArray([.. page]), ["next"] = all.Length > limit ? (string?)page[^1]["id"] : null };
        return (200, after.Length == 0 ? WithDamaged(answer) : answer);
    }

    private JsonObject WithDamaged(JsonObject list)
    {
        if (Damaged.Length > 0)
        {
            list["damaged"] = new JsonArray([.. Damaged.Select(id => JsonValue.Create(id))]);
        }

        return list;
    }

    private (int, JsonNode?) Bulk(string id, byte[] body)
    {
        JsonArray results = [];
        foreach (JsonNode? person in JsonNode.Parse(body)!["people"]!.AsArray())
        {
            string personId = (string)person!["id"]!;
            (int status, _) = Trouble("PERSON " + personId) is { } trouble
                ? (trouble.Status, null)
                : Store(id, personId, person.AsObject());
            results.Add(new JsonObject { ["id"] = personId, ["status"] = status, ["code"] = status >= 400 ? "busy" : null });
        }

        return (200, new JsonObject { ["results"] = results });
    }

    private (int, JsonNode?) Store(string id, string person, JsonObject write)
    {
        bool known = people[id].TryGetValue(person, out JsonObject? row);
        row ??= new JsonObject { ["id"] = person, ["revision"] = 1, ["contract"] = "fake", ["faces"] = new JsonArray() };
        people[id][person] = row;
        row["name"] = write["name"]?.DeepClone() ?? row["name"]?.DeepClone();
        row["labels"] = write["labels"]?.DeepClone() ?? row["labels"]?.DeepClone();
        foreach (JsonNode? face in write["faces"]?.AsArray() ?? [])
        {
            if (!row["faces"]!.AsArray().Any(other => (string?)other!["id"] == (string?)face!["id"]))
            {
                row["faces"]!.AsArray().Add(face!.DeepClone());
            }
        }

        return (known ? 200 : 201, row.DeepClone());
    }

    private (int, JsonNode?) PersonCall(string method, string id, string person, byte[] body)
    {
        switch (method)
        {
            case "PUT":
                return Store(id, person, JsonNode.Parse(body)!.AsObject());
            case "DELETE":
                people[id].Remove(person);
                return (204, null);
            default:
                return people[id].TryGetValue(person, out JsonObject? row) ? (200, row.DeepClone()) : Problem(404, "person-not-found");
        }
    }

    private (int, JsonNode?) Enrol(string id, string person, byte[] body)
    {
        if (Vector(body) is not { } vector)
        {
            return Problem(422, "no-face");
        }

        galleries[id]["contract"] ??= Contract();
        string face = Convert.ToHexStringLower(SHA256.HashData(body))[..32];
        bool known = people[id].GetValueOrDefault(person)?["faces"]!.AsArray().Any(other => (string?)other!["id"] == face) ?? false;
        Store(
            id,
            person,
            new JsonObject
            {
                ["faces"] = new JsonArray(
                    new JsonObject { ["id"] = face, ["enrolledAt"] = "2026-01-01T00:00:00Z", ["embedding"] = Text(vector) }),
            });
        var answer = new JsonObject { ["person"] = person, ["face"] = face, ["created"] = !known, ["searchable"] = true };
        if (Quarantines(person, vector))
        {
            answer["review"] = new JsonObject { ["quarantined"] = true };
        }

        return (known ? 200 : 201, answer);
    }

    private (int, JsonNode?) Identify(string id, byte[] body)
    {
        JsonArray faces = [];
        if (Vector(body) is { } probe)
        {
            (string Person, double Distance)[] hits =
            [
                .. people[id].Values
                    .Select(row => ((string)row["id"]!, row["faces"]!.AsArray().Min(face => Distance(probe, face!)) + DistanceError))
                    .OrderBy(hit => hit.Item2).Take(5),
            ];
            bool match = hits.Length > 0 && hits[0].Distance <= 0.9;
            faces.Add(new JsonObject
            {
                ["box"] = Box(),
                ["decision"] = match ? "match" : "unknown",
                ["person"] = match ? hits[0].Person : null,
                ["candidates"] = new JsonArray(
                    [.. hits.Select(hit => new JsonObject { ["person"] = hit.Person, ["distance"] = hit.Distance })]),
            });
        }

        return (200, new JsonObject { ["faces"] = faces, ["people"] = people[id].Count, ["complete"] = true });
    }

    private (int, JsonNode?) Verify(string id, string person, byte[] body)
    {
        if (!people[id].TryGetValue(person, out JsonObject? row))
        {
            return Problem(404, "person-not-found");
        }

        double distance = row["faces"]!.AsArray().Min(face => Distance(Vector(body)!, face!));
        return (200, new JsonObject { ["match"] = distance <= 1, ["distance"] = distance });
    }

    private static double Distance(float[] probe, JsonNode face)
    {
        byte[] bytes = Convert.FromBase64String((string)face["embedding"]!);
        return Math.Sqrt(probe.Select((value, i) => Math.Pow(value - BitConverter.ToSingle(bytes, i * 4), 2)).Sum());
    }

    private static JsonObject Contract() => new() { ["id"] = "fake", ["dimension"] = 4 };

    private static JsonObject Box() => new() { ["x"] = 1, ["y"] = 2, ["width"] = 30, ["height"] = 40 };

    private static string Text(float[] vector) => Convert.ToBase64String(vector.SelectMany(BitConverter.GetBytes).ToArray());

    private static float[]? Vector(byte[] body)
    {
        string text = System.Text.Encoding.UTF8.GetString(body);
        return text.StartsWith("no-face", StringComparison.Ordinal) ? null : [.. text.Split(' ').Select(float.Parse)];
    }

    private static (int, JsonNode?) Problem(int status, string code) =>
        (
            status,
            new JsonObject
            {
                ["title"] = code,
                ["status"] = status,
                ["detail"] = $"It is {code}.",
                ["code"] = code,
                ["requestId"] = "r-1",
            });
}
