using System.Runtime.CompilerServices;
using System.Text.Json;

namespace FaceGrid.Client;

/// <summary>
/// Listens to a grid's events. A connection that ends is opened again where it left off. So no event is missed and none comes twice,
/// whichever gateway answers.
/// </summary>
/// <param name="client">The way to the grid. Its patience says how long a grid that cannot be reached is asked again.</param>
public sealed class EventReader(ClusterClient client)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long a connection may be silent. A gateway writes its position every five seconds. Without this limit a connection to a machine
    /// that lost its power would never end.
    /// </summary>
    private static readonly TimeSpan SilenceMax = TimeSpan.FromSeconds(20);

    /// <summary>Listens until it is cancelled.</summary>
    /// <param name="path">Path and filters, relative to the server, such as <c>v1/events?camera=door</c>.</param>
    /// <param name="after">The last event that was seen; null to begin now, 0 for everything that is kept.</param>
    /// <param name="cancellationToken">Ends the listening. A later call with the last event's id continues.</param>
    /// <returns>Events as they happen.</returns>
    /// <exception cref="ClusterProblemException">The grid refused, or the patience is used up.</exception>
    public async IAsyncEnumerable<GridEvent> ListenAsync(
        string path, string? after, [EnumeratorCancellation] CancellationToken cancellationToken = default)
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
                lostAt ??= client.Clock.GetTimestamp();
                if (client.Clock.GetElapsedTime(lostAt.Value) + Pause > client.Patience)
                {
                    throw;
                }
            }

            if (response is not null)
            {
                using HttpResponseMessage open = response;
                using StreamReader lines = new(await open.Content.ReadAsStreamAsync(cancellationToken));
                while (await NextAsync(lines, cancellationToken) is { } block)
                {
                    last = block.Id ?? last;
                    if (block.Event is { } next)
                    {
                        yield return next;
                    }
                }
            }

            await Task.Delay(Pause, client.Clock, cancellationToken);
        }
    }

    /// <summary>
    /// Reads the next block of fields (https://html.spec.whatwg.org/multipage/server-sent-events.html, 9.2.6). A block counts, its id too,
    /// only when the empty line behind it has come: a connection may break in the middle of an event.
    /// </summary>
    /// <returns>The id and the event, each null where the block has none; null when the connection has ended.</returns>
    private async Task<(string? Id, GridEvent? Event)?> NextAsync(StreamReader lines, CancellationToken cancellationToken)
    {
        string kind = "message", data = "";
        string? id = null;
        while (await ReadLineAsync(lines, cancellationToken) is { } line)
        {
            if (line.Length == 0)
            {
                return (id, data.Length == 0 ? null : new GridEvent(kind, id, JsonSerializer.Deserialize<JsonElement>(data)));
            }

            int colon = line.IndexOf(':', StringComparison.Ordinal);
            string value = line[(colon + 1)..].TrimStart(' ');
            switch (colon < 0 ? "" : line[..colon])
            {
                case "event": kind = value; break;
                case "id": id = value; break;
                case "data": data += value; break; // The grid sends one line.
            }
        }

        return null;
    }

    /// <returns>Null when the connection has ended, is broken, or says nothing.</returns>
    private async Task<string?> ReadLineAsync(StreamReader lines, CancellationToken cancellationToken)
    {
        using CancellationTokenSource silence = new(SilenceMax, client.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, cancellationToken);
        try
        {
            return await lines.ReadLineAsync(either.Token);
        }
        catch (Exception broken) when (broken is IOException or HttpRequestException
            || (broken is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null; // It is opened again.
        }
    }
}
