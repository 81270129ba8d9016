namespace FaceGrid.Abstractions.Errors;

/// <summary>A face of a picture, for a caller who is to choose one. Numbers are pixels of the picture as it came.</summary>
/// <param name="Face">Its number in the order of detection, from 0.</param>
/// <param name="X">Left edge of its box.</param>
/// <param name="Y">Top edge.</param>
/// <param name="Width">Width, above 0.</param>
/// <param name="Height">Height, above 0.</param>
[GenerateSerializer, Immutable]
[Alias("fg.numbered-box")]
public sealed record NumberedBox(
    [property: Id(0)] int Face,
    [property: Id(1)] float X,
    [property: Id(2)] float Y,
    [property: Id(3)] float Width,
    [property: Id(4)] float Height);
