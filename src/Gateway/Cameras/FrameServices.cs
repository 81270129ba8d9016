using FaceGrid.Gateway.Bodies;
using FaceGrid.Gateway.Grid;
using Microsoft.Extensions.Options;

namespace FaceGrid.Gateway.Cameras;

/// <summary>What the endpoint that takes frames works with.</summary>
/// <param name="Bodies">Reads request bodies.</param>
/// <param name="Grid">Calls grains.</param>
/// <param name="Options">The deadline of a request, which is also how long a stream may be silent.</param>
/// <param name="Time">The clock.</param>
internal sealed record FrameServices(RequestBodies Bodies, GridCaller Grid, IOptions<GatewayOptions> Options, TimeProvider Time)
{
    /// <summary>A token that is cancelled when the request ends or its deadline has passed.</summary>
    /// <param name="deadline">Cancelled when the deadline has passed; the caller may push it back and disposes of it.</param>
    /// <param name="cancellationToken">The request's.</param>
    /// <returns>The caller disposes of it.</returns>
    public CancellationTokenSource UntilDeadline(out CancellationTokenSource deadline, CancellationToken cancellationToken)
    {
        deadline = new CancellationTokenSource(Options.Value.Deadline, Time);
        return CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
    }
}
