using FaceGrid.Abstractions.People;

namespace FaceGrid.Abstractions.Cameras;

/// <summary>A person whom no gallery knows, as a camera has seen them.</summary>
/// <param name="Faces">Their best shots, the best first: 1 to 3 faces with vectors.</param>
/// <param name="Taken">Ids of visitors who are other faces of the same frame, and so other people.</param>
[GenerateSerializer, Immutable]
[Alias("fg.stranger")]
public sealed record Stranger([property: Id(0)] NewFace[] Faces, [property: Id(1)] string[] Taken);
