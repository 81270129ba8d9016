namespace FaceGrid.Grains.Shards;

/// <summary>Templates of one person under one contract.</summary>
/// <param name="Contract">Contract id.</param>
/// <param name="FaceIds">Face ids.</param>
/// <param name="Vectors">Their vectors one after the other, little-endian float32.</param>
[GenerateSerializer, Immutable]
[Alias("fg.template-set")]
public sealed record TemplateSet(
    [property: Id(0)] string Contract,
    [property: Id(1)] string[] FaceIds,
    [property: Id(2)] byte[] Vectors);
