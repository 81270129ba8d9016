namespace FaceGrid.Gateway.Limits;

/// <summary>
/// Marks an endpoint whose requests may last as long as the client likes: they have no deadline. What it does piece by piece it bounds
/// itself.
/// </summary>
/// <param name="hasOwnLimit">True when it counts its requests itself, so that they take no place among the requests in flight.</param>
internal sealed class OpenEndedEndpoint(bool hasOwnLimit = false)
{
    public bool HasOwnLimit => hasOwnLimit;
}
