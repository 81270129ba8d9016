namespace FaceGrid.Gateway;

/// <summary>Marks an endpoint whose answer, or whose body, goes on until the client ends it: it has no deadline and takes no place among the requests in flight, so it has a limit of its own.</summary>
internal sealed class OpenEndedEndpoint;
