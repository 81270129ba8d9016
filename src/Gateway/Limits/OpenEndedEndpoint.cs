namespace FaceGrid.Gateway;

/// <summary>
/// Marks an endpoint whose answer, or whose body, goes on until the client ends it: it has no deadline, and what it does piece by piece it bounds itself. A listener (GET) takes no place among the requests in flight and has a
/// limit of its own; who sends takes one.
/// </summary>
internal sealed class OpenEndedEndpoint;
