namespace FaceGrid.Abstractions.Embedding;

/// <summary>
/// An upright, aligned cut-out of a face, from which another model can make its vector later. It is a picture of the person.
/// </summary>
/// <param name="Picture">JPEG, 8 bits, RGB.</param>
/// <param name="Landmarks">
/// Ten numbers x, y in pixels of the cut-out: the subject's right eye, left eye, nose tip, right mouth corner, left mouth corner.
/// </param>
[GenerateSerializer, Immutable]
[Alias("fg.face-crop")]
public sealed record FaceCrop(
    [property: Id(0)] byte[] Picture,
    [property: Id(1)] float[] Landmarks);
