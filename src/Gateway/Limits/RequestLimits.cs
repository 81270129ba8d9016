using FaceGrid.Abstractions.Errors;
using FaceGrid.Gateway.Bodies;
using FaceGrid.Gateway.Observability;
using Microsoft.Extensions.Options;

namespace FaceGrid.Gateway.Limits;

/// <summary>
/// Bounds the API requests in flight, and gives each a deadline. Health, metrics and pages are not bounded. Requests with pictures have a
/// limit of their own: they wait for embedders, and when those are slow, the other places stay free for requests that need no embedder. A
/// stream of a camera's frames lasts long and waits for no embedder, so it counts as a request and not as a picture. Listeners to events
/// have a limit of their own.
/// </summary>
internal sealed class RequestLimits(RequestDelegate next, IOptions<GatewayOptions> options, GatewayMetrics metrics, TimeProvider time)
{
    private int _inFlight;
    private int _pictures;

    public async Task InvokeAsync(HttpContext context)
    {
        if (!context.Request.Path.StartsWithSegments("/v1", StringComparison.OrdinalIgnoreCase)
            || OpenEnded(context) is { HasOwnLimit: true })
        {
            await next(context);
            return;
        }

        try
        {
            if (Interlocked.Increment(ref _inFlight) > options.Value.ConcurrencyMax)
            {
                metrics.Refused(RefusalReason.Concurrency);
                throw new FaceGridException(ErrorCodes.Busy, "Too many requests are in flight; try again.");
            }

            await (BringsPicture(context) ? RunPictureAsync(context) : RunAsync(context));
        }
        finally
        {
            Interlocked.Decrement(ref _inFlight);
        }
    }

    private static OpenEndedEndpoint? OpenEnded(HttpContext context) => context.GetEndpoint()?.Metadata.GetMetadata<OpenEndedEndpoint>();

    // Decided by the declared content type, before anything is read: a refused picture takes no memory.
    private static bool BringsPicture(HttpContext context) =>
        HttpMethods.IsPost(context.Request.Method)
            && !RequestBodies.IsAbsent(context)
            && !RequestBodies.IsJson(context.Request)
            && !RequestBodies.IsStream(context.Request);

    private async Task RunPictureAsync(HttpContext context)
    {
        try
        {
            if (Interlocked.Increment(ref _pictures) > options.Value.PicturesAtOnce)
            {
                metrics.Refused(RefusalReason.Pictures);
                throw new FaceGridException(ErrorCodes.Busy, "Too many pictures are in flight; try again.");
            }

            await RunAsync(context);
        }
        finally
        {
            Interlocked.Decrement(ref _pictures);
        }
    }

    // Handlers see one token for both the client's disconnect and the deadline. The first middleware tells the two apart.
    private async Task RunAsync(HttpContext context)
    {
        CancellationToken clientGone = context.RequestAborted;
        if (OpenEnded(context) is not null)
        {
            await next(context);
            return;
        }

        using var deadline = new CancellationTokenSource(options.Value.Deadline, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(clientGone, deadline.Token);
        context.RequestAborted = both.Token;
        try
        {
            await next(context);
        }
        finally
        {
            context.RequestAborted = clientGone;
        }
    }
}
