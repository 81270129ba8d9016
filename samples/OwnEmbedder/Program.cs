using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;

// Two steps on the way to a model of your own: "stamp" writes the file's name, size and SHA-256 into a profile,
// "try" asks a node that runs it. README.md shows both.
return args switch
{
    ["stamp", string profile, string model] => Stamp(profile, model),
    ["try", string first, string second, string stranger] => await TryAsync(first, second, stranger),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("usage: OwnEmbedder stamp <profile.json> <model.onnx>");
    Console.Error.WriteLine("       OwnEmbedder try <picture of a person> <another picture of them> <picture of somebody else>");
    return 2;
}

// A node runs a model only when its bytes are those that the profile names.
static int Stamp(string profile, string model)
{
    byte[] bytes = File.ReadAllBytes(model);
    JsonNode json = JsonNode.Parse(File.ReadAllText(profile))!;
    json["file"] = Path.GetFileName(model);
    json["bytes"] = bytes.Length;
    json["sha256"] = Convert.ToHexStringLower(SHA256.HashData(bytes));
    File.WriteAllText(profile, json.ToJsonString(new JsonSerializerOptions { WriteIndented = true }) + "\n");
    Console.WriteLine($"{json["id"]}: {json["file"]}, {json["bytes"]} bytes");
    return 0;
}

// With the right colours, mean, scale and alignment points two pictures of one person are near and those of two people are far.
static async Task<int> TryAsync(string first, string second, string stranger)
{
    string server = Environment.GetEnvironmentVariable("FACEGRID_SERVER") ?? "http://127.0.0.1:8080";
    using var grid = new HttpClient { BaseAddress = new Uri(server) };
    if (Environment.GetEnvironmentVariable("FACEGRID_KEY") is { Length: > 0 } key)
    {
        grid.DefaultRequestHeaders.Add("X-Api-Key", key);
    }

    JsonElement contract = (await ReadAsync(await grid.PostAsync("v1/embed", Picture(first)))).GetProperty("contract");
    string profile = contract.GetProperty("id").GetString()!.Split('@')[0];
    Console.WriteLine($"embedder: {profile}, {contract.GetProperty("dimension")} numbers per face");

    double same = await DistanceAsync(first, second), other = await DistanceAsync(first, stranger);
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"same person:   {same:0.00}"));
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"other people:  {other:0.00}"));
    bool apart = same < other;
    Console.WriteLine(apart
        ? "The profile tells them apart."
        : "The profile does not tell them apart: check colour, mean, scale and alignment.");
    return apart ? 0 : 1;

    async Task<double> DistanceAsync(string a, string b)
    {
        using var pair = new MultipartFormDataContent { { Picture(a), "a", "a.jpg" }, { Picture(b), "b", "b.jpg" } };
        return (await ReadAsync(await grid.PostAsync("v1/compare", pair))).GetProperty("distance").GetDouble();
    }
}

static ByteArrayContent Picture(string file) =>
    new(File.ReadAllBytes(file)) { Headers = { ContentType = new MediaTypeHeaderValue("image/jpeg") } };

static async Task<JsonElement> ReadAsync(HttpResponseMessage response)
{
    using (response)
    {
        JsonElement body = await response.Content.ReadFromJsonAsync<JsonElement>();
        return response.IsSuccessStatusCode
            ? body
            : throw new InvalidOperationException($"{body.GetProperty("code")}: {body.GetProperty("detail")}");
    }
}
