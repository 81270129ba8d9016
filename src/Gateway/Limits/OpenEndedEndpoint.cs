namespace FaceGrid.Gateway;

/// <summary>Marks an endpoint whose requests may last as long as the client likes: they have no deadline. What it does piece by piece it bounds itself.</summary>
internal sealed class OpenEndedEndpoint;
