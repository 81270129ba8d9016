namespace FaceGrid.Gateway.Cluster;

/// <summary>The answer of the health routes.</summary>
internal sealed record HealthBody(string Status);
