using System.Globalization;
using System.Text.Json;
using FaceGrid.Tests.Faults.Histories;
using FaceGrid.Tests.Support;

namespace FaceGrid.Tests.Faults.Clusters;

/// <summary>What a grid holds in the end.</summary>
internal static class GridRows
{
    /// <summary>Ids of people whom rows name: of people, of cut-outs of their faces, and of what cameras told of them.</summary>
    public static async Task<string[]> PeopleAsync(GridProcesses grid)
    {
        const string Text = """
            SELECT string_agg(DISTINCT person, ' ') FROM (
                SELECT split_part(GrainKey, '/', 3) AS person FROM GrainRow WHERE StateName IN ('person', 'crop') AND Payload IS NOT NULL
                UNION SELECT Person FROM Sighting UNION SELECT Person FROM SightingEvent) AS named WHERE person IS NOT NULL
            """;
        return (await PostgresServer.ExecuteAsync(grid.ConnectionString, Text) as string)?.Split(' ') ?? [];
    }

    /// <summary>Position of the last event that is kept; 0 when there is none.</summary>
    public static async Task<long> LastEventAsync(GridProcesses grid) => await PostgresServer.ExecuteAsync(grid.ConnectionString, "SELECT max(Position) FROM SightingEvent") as long? ?? 0;

    /// <summary>Everything that cameras told and that is kept, as a listener gets it who comes late.</summary>
    public static async Task<VisitEvent[]> EventsAsync(GridProcesses grid, CancellationToken cancellationToken)
    {
        long last = await LastEventAsync(grid);
        using var listener = new EventListener(grid.Serving.Values.First().Http, "/v1/events?after=0");
        await listener.ConnectAsync(cancellationToken);
        var events = new List<VisitEvent>();
        while (events.Count == 0 ? last > 0 : events[^1].Position < last)
        {
            (string kind, long position, JsonElement sighting) = await listener.NextAsync(cancellationToken);
            events.Add(new VisitEvent(
                kind,
                position,
                sighting.GetProperty("id").GetString()!,
                sighting.GetProperty("revision").GetInt32(),
                sighting.GetProperty("camera").GetString()!,
                sighting.TryGetProperty("person", out JsonElement person) ? person.GetString() : null,
                Date(sighting, "firstSeen"),
                Date(sighting, "lastSeen")));
        }

        return [.. events];
    }

    private static DateTimeOffset Date(JsonElement sighting, string member) => DateTimeOffset.Parse(sighting.GetProperty(member).GetString()!, CultureInfo.InvariantCulture);
}
