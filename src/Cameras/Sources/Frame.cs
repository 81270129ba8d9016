namespace FaceGrid.Cameras.Sources;

/// <summary>A picture from a camera, as it came.</summary>
/// <param name="Picture">JPEG or another format that the node decodes; the receiver may keep it.</param>
/// <param name="TakenAt">When it was taken, or received where the source does not say.</param>
public readonly record struct Frame(ReadOnlyMemory<byte> Picture, DateTimeOffset TakenAt);
