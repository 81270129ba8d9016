using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

// Enrols a folder of people, then says who is in each picture of another folder. README.md shows a run.
if (args is not [string peopleFolder, string questionFolder])
{
    Console.Error.WriteLine("usage: EnrolAndIdentify <folder with one sub-folder per person> <folder with pictures to ask about>");
    return 2;
}

using var grid = new HttpClient { BaseAddress = new Uri(Environment.GetEnvironmentVariable("FACEGRID_SERVER") ?? "http://127.0.0.1:8080") };
if (Environment.GetEnvironmentVariable("FACEGRID_KEY") is { Length: > 0 } key)
{
    grid.DefaultRequestHeaders.Add("X-Api-Key", key);
}

foreach (string folder in Directory.GetDirectories(peopleFolder).Order(StringComparer.Ordinal))
{
    string person = Path.GetFileName(folder);
    string[] pictures = Pictures(folder);
    int enrolled = 0;
    foreach (string picture in pictures)
    {
        // When this succeeds the face is stored. The same picture twice is one face: running this again adds nothing.
        using HttpResponseMessage response = await PostAsync($"v1/galleries/default/people/{Uri.EscapeDataString(person)}/faces", picture);
        if (response.IsSuccessStatusCode)
        {
            enrolled++;
        }
        else
        {
            Console.WriteLine($"{person}/{Path.GetFileName(picture)} was refused: {await CodeAsync(response)}");
        }
    }

    Console.WriteLine($"{person}: {enrolled} of {pictures.Length} pictures enrolled");
}

foreach (string picture in Pictures(questionFolder))
{
    string name = Path.GetFileName(picture);
    using HttpResponseMessage response = await PostAsync("v1/galleries/default/identify?limit=1", picture);
    if (!response.IsSuccessStatusCode)
    {
        Console.WriteLine($"{name} was refused: {await CodeAsync(response)}");
        continue;
    }

    JsonElement answer = await response.Content.ReadFromJsonAsync<JsonElement>();
    double threshold = answer.GetProperty("threshold").GetProperty("distance").GetDouble();
    JsonElement faces = answer.GetProperty("faces");
    if (faces.GetArrayLength() == 0)
    {
        Console.WriteLine($"{name}: no face");
    }

    foreach (JsonElement face in faces.EnumerateArray())
    {
        Console.WriteLine($"{name}: {Describe(face, threshold)}");
    }
}

return 0;

static string Describe(JsonElement face, double threshold)
{
    JsonElement candidates = face.GetProperty("candidates");
    if (candidates.GetArrayLength() == 0)
    {
        return "unknown";
    }

    double distance = candidates[0].GetProperty("distance").GetDouble();
    string nearest = string.Create(
        CultureInfo.InvariantCulture, $"{candidates[0].GetProperty("person")} at distance {distance:0.00} (threshold {threshold:0.00})");
    return face.GetProperty("decision").GetString() == "match" ? nearest : $"unknown; the nearest is {nearest}";
}

static string[] Pictures(string folder) => [.. Directory.GetFiles(folder, "*.jpg").Order(StringComparer.Ordinal)];

// Every problem of the API has a code that stays the same from version to version.
static async Task<string?> CodeAsync(HttpResponseMessage response) =>
    (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString();

async Task<HttpResponseMessage> PostAsync(string path, string picture)
{
    using var content = new ByteArrayContent(await File.ReadAllBytesAsync(picture));
    content.Headers.ContentType = new MediaTypeHeaderValue("image/jpeg");
    return await grid.PostAsync(path, content);
}
