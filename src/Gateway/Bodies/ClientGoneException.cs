namespace FaceGrid.Gateway.Bodies;

/// <summary>The connection to the client broke, so nobody waits for an answer.</summary>
internal sealed class ClientGoneException(Exception innerException) : OperationCanceledException("The client went away.", innerException);
