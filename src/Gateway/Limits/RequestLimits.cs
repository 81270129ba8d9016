using Microsoft.Extensions.Options;

namespace FaceGrid.Gateway;

/// <summary>Bounds the API requests in flight, and gives each its deadline; health, metrics and pages stay outside.</summary>
internal sealed class RequestLimits(RequestDelegate next, IOptions<GatewayOptions> options, GatewayMetrics metrics, TimeProvider time)
{
    private int _inFlight;

    public async Task InvokeAsync(HttpContext context)
    {
        if (!context.Request.Path.StartsWithSegments("/v1", StringComparison.OrdinalIgnoreCase))
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

            await RunAsync(context);
        }
        finally
        {
            Interlocked.Decrement(ref _inFlight);
        }
    }

    // Handlers see one token that covers both the client's disconnect and the deadline; the first middleware tells them apart.
    private async Task RunAsync(HttpContext context)
    {
        CancellationToken clientGone = context.RequestAborted;
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
