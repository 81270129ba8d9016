using System.Runtime.CompilerServices;
using System.Text.Json;
using FaceGrid.Cli.Shell;

namespace FaceGrid.Cli.Cluster;

/// <summary>One event of <c>/v1/events</c>.</summary>
/// <param name="Kind"><c>begun</c>, <c>changed</c>, <c>ended</c>, or <c>gap</c>.</param>
/// <param name="Id">Its position: whoever listens behind it goes on with the next event.</param>
/// <param name="Data">The sighting, or what is missing.</param>
internal sealed record GridEvent(string Kind, string? Id, JsonElement Data);

/// <summary>Listens to a grid's events. A connection that ends is opened again where it left off, so nothing is missed and nothing comes twice, whichever gateway answers.</summary>
/// <param name="client">The way to the grid.</param>
/// <param name="patience">How long a grid that cannot be reached is asked again.</param>
/// <param name="clock">Measures the patience.</param>
internal sealed class EventReader(ClusterClient client, TimeSpan patience, TimeProvider clock)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>How long a connection may say nothing: a gateway says every five seconds where it is. One whose machine has lost its power would be waited for for ever.</summary>
    private static readonly TimeSpan SilenceMax = TimeSpan.FromSeconds(20);

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
                using StreamReader lines = new(await open.Content.ReadAsStreamAsync(cancellationToken));
                while (await NextAsync(lines, cancellationToken) is { } block)
                {
                    last = block.Id ?? last;
                    if (block.Told is { } told)
                    {
                        yield return told;
                    }
                }
            }

            await Task.Delay(Pause, clock, cancellationToken);
        }
    }

    /// <summary>
    /// Reads the next block of fields (https://html.spec.whatwg.org/multipage/server-sent-events.html, 9.2.6). What it says counts when the empty line behind it has come, its id too: a connection that breaks in the middle of an
    /// event has not told it.
    /// </summary>
    /// <returns>The id, or null without one, and the event, or null for a block without data; null when the connection is over.</returns>
    private async Task<(string? Id, GridEvent? Told)?> NextAsync(StreamReader lines, CancellationToken cancellationToken)
    {
        string kind = "message", data = "";
        string? id = null;
        while (await ReadLineAsync(lines, cancellationToken) is { } line)
        {
            if (line.Length == 0)
            {
                return (id, data.Length == 0 ? null : new GridEvent(kind, id, JsonSerializer.Deserialize<JsonElement>(data, Terminal.JsonOptions)));
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
        using CancellationTokenSource silence = new(SilenceMax, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, cancellationToken);
        try
        {
            return await lines.ReadLineAsync(either.Token);
        }
        catch (Exception broken) when (broken is IOException or HttpRequestException || (broken is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null; // It is opened again.
        }
    }
}
