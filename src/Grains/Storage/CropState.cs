using FaceGrid.Abstractions.Embedding;

namespace FaceGrid.Grains.Storage;

/// <summary>
/// The row of one kept cut-out, apart from its person's row so that shards do not read it when they load. Field ids are never reused.
/// </summary>
[GenerateSerializer]
[Alias("fg.crop-state")]
public sealed class CropState
{
    /// <summary>The cut-out.</summary>
    [Id(0)]
    public FaceCrop? Crop { get; set; }
}
