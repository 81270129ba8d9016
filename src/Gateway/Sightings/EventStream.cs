using System.Text;
using System.Text.Json;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Sightings;
using FaceGrid.Gateway.Bodies;
using FaceGrid.Gateway.Grid;
using FaceGrid.Gateway.Problems;

namespace FaceGrid.Gateway.Sightings;

/// <summary>
/// The stream of one listener. It reads the events after the listener's position from any node that answers, and writes those that pass
/// the filter. Every few seconds it writes its position. That keeps the connection alive, tells a listener with a narrow filter where to
/// resume, and detects a client that has gone.
/// </summary>
internal sealed class EventStream(HttpContext context, GridCaller grid, SightingQuery query, TimeProvider time)
{
    private const int PageMax = 256;

    /// <summary>How long a grain waits for an event before it answers without one.</summary>
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(5);

    /// <summary>How long a listener may leave its buffers full before its connection is closed. It may connect again.</summary>
    private static readonly TimeSpan WriteTime = TimeSpan.FromSeconds(10);

    /// <summary>Writes events until the client disconnects.</summary>
    /// <param name="after">
    /// The last position that the client has seen; 0 to begin with the first event that is kept; null to begin with the next event.
    /// </param>
    /// <param name="cancellationToken">Ends the stream.</param>
    /// <exception cref="FaceGridException">The first read of events failed. Later reads are repeated until the grid answers.</exception>
    public async Task RunAsync(long? after, CancellationToken cancellationToken)
    {
        SightingEvents page = await ReadAsync(after ?? long.MaxValue, TimeSpan.Zero, cancellationToken);
        long position = after ?? page.Last;
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers["X-Accel-Buffering"] = "no"; // An nginx in front would hold events back otherwise.
        await WriteAsync("retry: 1000\n", cancellationToken);
        for (bool first = true; ; first = false)
        {
            if (after is not null || !first)
            {
                position = await SkipGapAsync(position, page, cancellationToken);
            }

            foreach (SightingEvent entry in page.Events.Where(entry => entry.Position > position && query.Matches(entry.Sighting)))
            {
                await WriteAsync(Text(entry), cancellationToken);
            }

            position = page.Events.Length > 0 ? Math.Max(position, page.Events[^1].Position) : position;
            // An id without data is not an event, but the client remembers it as the last id.
            await WriteAsync($": here\nid: {position}\n\n", cancellationToken);
            page = await ReadUntilAnsweredAsync(position, cancellationToken);
        }
    }

    private async Task<long> SkipGapAsync(long position, SightingEvents page, CancellationToken cancellationToken)
    {
        bool swept = position > 0 && position < page.Swept;
        if (!swept && position <= page.Last)
        {
            return position;
        }

        long resumed = swept ? page.Swept : page.Last;
        string body = JsonSerializer.Serialize(new EventGapBody(position, resumed), GatewayJson.Default.EventGapBody);
        await WriteAsync($"event: gap\nid: {resumed}\ndata: {body}\n\n", cancellationToken);
        return resumed;
    }

    /// <summary>Keeps the listener connected while no node or no database answers, and repeats the read until one does.</summary>
    private async Task<SightingEvents> ReadUntilAnsweredAsync(long position, CancellationToken cancellationToken)
    {
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                return await ReadAsync(position, Wait, cancellationToken);
            }
            catch (FaceGridException) when (!cancellationToken.IsCancellationRequested)
            {
                await WriteAsync(": the grid does not answer\n\n", cancellationToken);
                await Task.Delay(GridCaller.PauseBefore(attempt), time, cancellationToken);
            }
            catch (Exception failure) when (ProblemMapping.IsTransient(failure, cancellationToken))
            {
                await WriteAsync(": the grid does not answer\n\n", cancellationToken);
                await Task.Delay(GridCaller.PauseBefore(attempt), time, cancellationToken);
            }
        }
    }

    private Task<SightingEvents> ReadAsync(long after, TimeSpan wait, CancellationToken cancellationToken) =>
        grid.CallAsync(token => grid.Sightings.ReadEventsAsync(after, PageMax, wait, token), cancellationToken);

    private async Task WriteAsync(string text, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(WriteTime);
        try
        {
            await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(text), limit.Token);
            await context.Response.Body.FlushAsync(limit.Token);
        }
        catch (OperationCanceledException full) when (!cancellationToken.IsCancellationRequested)
        {
            context.Abort();
            throw new ClientGoneException(full);
        }
    }

    private static string Text(SightingEvent entry) =>
        $"event: {(entry.Change switch { SightingChange.Begun => "begun", SightingChange.Ended => "ended", _ => "changed" })}\nid: "
            + $"{entry.Position}\n"
        + $"data: {JsonSerializer.Serialize(SightingJson.Of(entry.Sighting), GatewayJson.Default.SightingJson)}\n\n";
}
