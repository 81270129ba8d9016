using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using FaceGrid.Cli.Shell;

namespace FaceGrid.Cli.Cluster;

/// <summary>One event of <c>/v1/events</c>.</summary>
/// <param name="Kind"><c>begun</c>, <c>changed</c>, <c>ended</c>, or <c>gap</c>.</param>
/// <param name="Data">The sighting, or what is missing.</param>
internal sealed record GridEvent(string Kind, JsonElement Data);

/// <summary>Listens to a grid's events. A connection that ends is opened again where it left off, so nothing is missed and nothing comes twice, whichever gateway answers.</summary>
/// <param name="client">The way to the grid.</param>
/// <param name="patience">How long a grid that cannot be reached is asked again.</param>
/// <param name="clock">Measures the patience.</param>
internal sealed class EventReader(ClusterClient client, TimeSpan patience, TimeProvider clock)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Listens until cancelled.</summary>
    /// <param name="path">Path and filters, relative to the server.</param>
    /// <param name="after">The last event that was seen; null to begin now.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Events as they happen.</returns>
    /// <exception cref="ClusterProblemException">The grid refused, or the patience is used up.</exception>
    public async IAsyncEnumerable<GridEvent> ListenAsync(string path, string? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? last = after;
        long? lostAt = null;
        while (true)
        {
            HttpResponseMessage? response = null;
            try
            {
                response = await client.OpenStreamAsync(path, last, cancellationToken);
                lostAt = null;
            }
            catch (ClusterProblemException problem) when (problem.IsTransient)
            {
                lostAt ??= clock.GetTimestamp();
                if (clock.GetElapsedTime(lostAt.Value) + Pause > patience)
                {
                    throw;
                }
            }

            if (response is not null)
            {
                using HttpResponseMessage open = response;
                await using Stream body = await open.Content.ReadAsStreamAsync(cancellationToken);
                SseParser<JsonElement> parser = SseParser.Create(body, static (_, data) => data.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(data, Terminal.JsonOptions));
                await using IAsyncEnumerator<SseItem<JsonElement>> events = parser.EnumerateAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
                while (await NextAsync(events))
                {
                    last = parser.LastEventId is { Length: > 0 } id ? id : last;
                    yield return new GridEvent(events.Current.EventType, events.Current.Data);
                }

                last = parser.LastEventId is { Length: > 0 } end ? end : last;
            }

            await Task.Delay(Pause, clock, cancellationToken);
        }
    }

    private static async ValueTask<bool> NextAsync(IAsyncEnumerator<SseItem<JsonElement>> events)
    {
        try
        {
            return await events.MoveNextAsync();
        }
        catch (Exception broken) when (broken is IOException or HttpRequestException)
        {
            return false; // It is opened again.
        }
    }
}
