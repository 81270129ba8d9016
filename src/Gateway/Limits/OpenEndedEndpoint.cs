namespace FaceGrid.Gateway.Limits;

/// <summary>
/// Marks an endpoint whose requests may last as long as the client wants. They have no deadline; the endpoint bounds each of its steps
/// itself.
/// </summary>
/// <param name="hasOwnLimit">True when the endpoint counts its requests itself. They then do not count as requests in flight.</param>
internal sealed class OpenEndedEndpoint(bool hasOwnLimit = false)
{
    public bool HasOwnLimit => hasOwnLimit;
}
