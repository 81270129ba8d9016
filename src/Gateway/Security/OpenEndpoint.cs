namespace FaceGrid.Gateway.Security;

/// <summary>Marks an endpoint that needs no API key.</summary>
internal sealed class OpenEndpoint;
