using FaceGrid.Abstractions.Galleries;

namespace FaceGrid.Grains.Shards;

/// <summary>Probes for a shard.</summary>
/// <param name="Epoch">The gallery's life.</param>
/// <param name="Vectors">Unit vectors one after the other, little-endian float32.</param>
/// <param name="Count">Number of probes.</param>
/// <param name="Limit">Candidates per probe.</param>
[GenerateSerializer, Immutable]
[Alias("fg.shard-query")]
public sealed record ShardQuery(
    [property: Id(0)] Guid Epoch,
    [property: Id(1)] byte[] Vectors,
    [property: Id(2)] int Count,
    [property: Id(3)] int Limit)
{
    /// <summary>Contract of the probes.</summary>
    [Id(4)]
    public string Contract { get; init; } = "";

    /// <summary>The <see cref="GalleryMap.ContractRevision"/> that the asker knows.</summary>
    [Id(5)]
    public int ContractRevision { get; init; }
}
