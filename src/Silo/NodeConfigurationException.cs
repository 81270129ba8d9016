namespace FaceGrid.Silo;

/// <summary>The configuration of the node is wrong; the message lists every mistake with key, value and what is allowed.</summary>
/// <param name="message">The list.</param>
public sealed class NodeConfigurationException(string message) : Exception(message);
