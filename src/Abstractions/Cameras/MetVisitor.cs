namespace FaceGrid.Abstractions.Cameras;

/// <summary>The visitor that a stranger is.</summary>
/// <param name="Visitor">Person id in the gallery of visitors.</param>
/// <param name="Distance">How near the nearest shot is to them, 0 to 2; null for one who is new.</param>
[GenerateSerializer, Immutable]
[Alias("fg.met-visitor")]
public sealed record MetVisitor([property: Id(0)] string Visitor, [property: Id(1)] float? Distance);
