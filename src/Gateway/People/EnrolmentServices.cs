using FaceGrid.Gateway.Bodies;
using FaceGrid.Gateway.Grid;
using FaceGrid.Gateway.Observability;
using FaceGrid.Gateway.Pad;
using FaceGrid.Gateway.Problems;

namespace FaceGrid.Gateway.People;

/// <summary>The services of the endpoints that write people.</summary>
/// <param name="Bodies">Reads request bodies.</param>
/// <param name="Grid">Calls grains.</param>
/// <param name="Gate">Applies the liveness policy.</param>
/// <param name="Metrics">Counts outcomes.</param>
/// <param name="Logger">The log of unexpected problems.</param>
internal sealed record EnrolmentServices(
    RequestBodies Bodies, GridCaller Grid, PadGate Gate, GatewayMetrics Metrics, ILogger<ProblemMiddleware> Logger);
