using System.Text;
using System.Text.Json;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Sightings;
using FaceGrid.Gateway.Bodies;
using FaceGrid.Gateway.Grid;
using FaceGrid.Gateway.Problems;

namespace FaceGrid.Gateway.Sightings;

/// <summary>
/// One listener. Reads the order of events from where the listener left off, through whatever node answers, and writes what its filter
/// lets pass. Every few seconds it writes the position it has come to, which keeps the connection alive, tells a listener with a narrow
/// filter where to resume, and finds out when nobody is there any more.
/// </summary>
internal sealed class EventStream(HttpContext context, GridCaller grid, SightingQuery query, TimeProvider time)
{
    private const int PageMax = 256;

    /// <summary>How long a grain waits for an event before it answers with none.</summary>
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(5);

    /// <summary>How long a listener may leave its buffers full before it is ended. It may come back.</summary>
    private static readonly TimeSpan WriteTime = TimeSpan.FromSeconds(10);

    /// <summary>Listens until the client goes.</summary>
    /// <param name="after">
    /// The last position that the client has seen; 0 for the first that is kept; null to begin with what happens from now on.
    /// </param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="FaceGridException">The first look at the events failed; later the grid is asked again until it answers.</exception>
    public async Task RunAsync(long? after, CancellationToken cancellationToken)
    {
        SightingEvents page = await ReadAsync(after ?? long.MaxValue, TimeSpan.Zero, cancellationToken);
        long position = after ?? page.Last;
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers["X-Accel-Buffering"] = "no"; // For nginx in front, which would hold events back.
        await WriteAsync("retry: 1000\n", cancellationToken);
        for (bool first = true; ; first = false)
        {
            if (after is not null || !first)
            {
                position = await SkipGapAsync(position, page, cancellationToken);
            }

            foreach (SightingEvent told in page.Events.Where(told => told.Position > position && query.Matches(told.Sighting)))
            {
                await WriteAsync(Text(told), cancellationToken);
            }

            position = page.Events.Length > 0 ? Math.Max(position, page.Events[^1].Position) : position;
            // An id without data is no event, but it is the last id from now on.
            await WriteAsync($": here\nid: {position}\n\n", cancellationToken);
            page = await PatientlyReadAsync(position, cancellationToken);
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

    /// <summary>Once a listener is connected it stays so: while no node, or no database, answers, it is asked again.</summary>
    private async Task<SightingEvents> PatientlyReadAsync(long position, CancellationToken cancellationToken)
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

    private static string Text(SightingEvent told) =>
        $"event: {(told.Change switch { SightingChange.Begun => "begun", SightingChange.Ended => "ended", _ => "changed" })}\nid: "
            + $"{told.Position}\n"
        + $"data: {JsonSerializer.Serialize(SightingJson.Of(told.Sighting), GatewayJson.Default.SightingJson)}\n\n";
}
