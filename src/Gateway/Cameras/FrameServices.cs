using FaceGrid.Gateway.Bodies;
using FaceGrid.Gateway.Grid;
using Microsoft.Extensions.Options;

namespace FaceGrid.Gateway.Cameras;

/// <summary>The services of the endpoint that takes frames.</summary>
/// <param name="Bodies">Reads request bodies.</param>
/// <param name="Grid">Calls grains.</param>
/// <param name="Options">The deadline of a request, which is also how long a stream may be silent.</param>
/// <param name="Time">The clock.</param>
internal sealed record FrameServices(RequestBodies Bodies, GridCaller Grid, IOptions<GatewayOptions> Options, TimeProvider Time)
{
    /// <summary>Makes a token that is cancelled when the request ends or its deadline passes.</summary>
    /// <param name="deadline">Cancelled when the deadline passes. The caller may postpone it, and disposes it.</param>
    /// <param name="cancellationToken">The token of the request.</param>
    /// <returns>The source of the token. The caller disposes it.</returns>
    public CancellationTokenSource UntilDeadline(out CancellationTokenSource deadline, CancellationToken cancellationToken)
    {
        deadline = new CancellationTokenSource(Options.Value.Deadline, Time);
        return CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
    }
}
