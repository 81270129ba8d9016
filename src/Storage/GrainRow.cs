namespace FaceGrid.Storage;

/// <summary>One stored grain state.</summary>
/// <param name="Key">The whole grain key, for example <c>default/0a3f/alice</c>.</param>
/// <param name="Payload">The serialised state exactly as the provider wrote it; the array belongs to the caller.</param>
/// <param name="Version">1 after the first write; each further write adds one.</param>
public readonly record struct GrainRow(string Key, byte[] Payload, int Version);
