namespace FaceGrid.Gateway.Bodies;

/// <summary>The connection broke while the body was read, so nobody waits for an answer.</summary>
internal sealed class ClientGoneException(Exception innerException) : OperationCanceledException("The client went away.", innerException);
