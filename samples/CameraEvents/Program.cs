using System.Globalization;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text.Json;

// Follows one camera and acts on what it sees: opens a door for some people and rings a bell for everybody else. README.md shows a run.
if (args is not [string camera, .. string[] welcome])
{
    Console.Error.WriteLine("usage: CameraEvents <camera> [person for whom the door opens]...");
    return 2;
}

using var grid = new HttpClient
{
    BaseAddress = new Uri(Environment.GetEnvironmentVariable("FACEGRID_SERVER") ?? "http://127.0.0.1:8080"),
    Timeout = Timeout.InfiniteTimeSpan, // An event stream does not end.
};
if (Environment.GetEnvironmentVariable("FACEGRID_KEY") is { Length: > 0 } key)
{
    grid.DefaultRequestHeaders.Add("X-Api-Key", key);
}

using (HttpResponseMessage found = await grid.GetAsync($"v1/cameras/{camera}"))
{
    if (!found.IsSuccessStatusCode)
    {
        Console.Error.WriteLine((await found.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("detail").GetString());
        return 1;
    }
}

string lastEventId = "";
Dictionary<string, string> present = new(StringComparer.Ordinal); // Who is thought to be behind each visit.
while (true)
{
    try
    {
        await FollowAsync();
    }
    catch (Exception broken) when (broken is HttpRequestException or IOException)
    {
        Console.Error.WriteLine($"The connection broke: {broken.Message}");
    }

    // The next connection goes on behind the last event, at any gateway of the grid: nothing is missed and nothing comes twice.
    await Task.Delay(TimeSpan.FromSeconds(1));
}

async Task FollowAsync()
{
    using var request = new HttpRequestMessage(HttpMethod.Get, $"v1/events?camera={camera}");
    if (lastEventId.Length > 0)
    {
        request.Headers.Add("Last-Event-ID", lastEventId);
    }

    using HttpResponseMessage response = await grid.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    response.EnsureSuccessStatusCode();
    Console.WriteLine($"following {camera}");
    SseParser<JsonElement> events = SseParser.Create(
        await response.Content.ReadAsStreamAsync(), static (_, data) => JsonSerializer.Deserialize<JsonElement>(data));
    await foreach (SseItem<JsonElement> item in events.EnumerateAsync())
    {
        lastEventId = events.LastEventId;
        Act(item.EventType, item.Data);
    }
}

// A visit is one presence of one person. It is told when it begins, when somebody else is recognised in it, and when it has ended.
void Act(string moment, JsonElement sighting)
{
    if (moment == "gap")
    {
        Console.WriteLine("events were missed: read /v1/sightings");
        return;
    }

    string visit = sighting.GetProperty("id").GetString()!;
    string who = sighting.TryGetProperty("person", out JsonElement person) ? person.GetString()! : "a stranger";
    if (moment == "ended")
    {
        TimeSpan stay = sighting.GetProperty("lastSeen").GetDateTimeOffset() - sighting.GetProperty("firstSeen").GetDateTimeOffset();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{who} has left after {stay.TotalSeconds:0.0} s"));
        present.Remove(visit);
    }
    else if (!present.TryGetValue(visit, out string? before) || before != who)
    {
        present[visit] = who;
        Console.WriteLine($"{who} is here: {(welcome.Contains(who) ? "open the door" : "ring the bell")}");
    }
}
