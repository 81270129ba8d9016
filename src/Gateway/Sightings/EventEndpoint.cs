using System.Globalization;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Sightings;
using FaceGrid.Gateway.Bodies;
using FaceGrid.Gateway.Grid;
using FaceGrid.Gateway.Limits;
using FaceGrid.Gateway.Observability;
using FaceGrid.Gateway.Security;
using Microsoft.Extensions.Options;

namespace FaceGrid.Gateway.Sightings;

/// <summary>
/// Streams sightings as they happen, as server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html).
/// </summary>
internal static class EventEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/v1/events", ListenAsync)
        .WithTags("Sightings")
        .WithSummary("Streams sightings as they happen, as server-sent events.")
        .WithMetadata(new OpenEndedEndpoint(hasOwnLimit: true))
        .Needs(KeyPermission.Watch, KeyReach.ByQuery)
        .Produces<SightingJson>(StatusCodes.Status200OK, "text/event-stream");

    private static async Task ListenAsync(
        HttpContext context,
        GridCaller grid,
        IOptions<GatewayOptions> options,
        TimeProvider time,
        GatewayMetrics metrics,
        IHostApplicationLifetime lifetime)
    {
        SightingQuery query = SightingParameters.Read(context.Request.Query);
        long? after = AfterOf(context.Request);
        // A gateway that stops ends its streams instead of waiting for the listeners.
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        try
        {
            if (metrics.CountListeners(1) > options.Value.ListenersMax)
            {
                metrics.Refused(RefusalReason.Listeners);
                throw new FaceGridException(ErrorCodes.Busy, "This gateway has too many listeners; try again, or use another gateway.");
            }

            await new EventStream(context, grid, query, time).RunAsync(after, ending.Token);
        }
        catch (OperationCanceledException) when (context.Response.HasStarted && ending.IsCancellationRequested)
        {
            // The client left or the gateway stops. The client can come back with the last id that it has seen.
        }
        finally
        {
            metrics.CountListeners(-1);
        }
    }

    /// <summary>
    /// Reads the position of the last event that the listener has seen. <c>Last-Event-ID</c>, which a browser sends by itself when it
    /// reconnects, has precedence over <c>after</c>.
    /// </summary>
    private static long? AfterOf(HttpRequest request)
    {
        string? text = Parameters.NullIfEmpty(request.Headers["Last-Event-ID"]) ?? Parameters.NullIfEmpty(request.Query["after"]);
        return text is null ? null
            : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long after) ? after
            : throw new FaceGridException(
                ErrorCodes.InvalidParameter,
                "Last-Event-ID or after must be the id of an event: a whole number, or 0 to start at the first event that is kept.");
    }
}
