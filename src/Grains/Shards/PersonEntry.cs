using FaceGrid.Abstractions.Galleries;

namespace FaceGrid.Grains.Shards;

/// <summary>The state of a person as a shard needs it.</summary>
/// <param name="Person">Person id.</param>
/// <param name="Revision">Revision of the row; older ones are ignored.</param>
/// <param name="Epoch">The gallery's life.</param>
/// <param name="FaceIds">Face ids; empty takes the person out of the search.</param>
/// <param name="Vectors">Their vectors one after the other, little-endian float32.</param>
/// <param name="Deleted">True when the person's row is gone.</param>
[GenerateSerializer, Immutable]
[Alias("fg.person-entry")]
public sealed record PersonEntry(
    [property: Id(0)] string Person,
    [property: Id(1)] long Revision,
    [property: Id(2)] Guid Epoch,
    [property: Id(3)] string[] FaceIds,
    [property: Id(4)] byte[] Vectors,
    [property: Id(5)] bool Deleted)
{
    /// <summary>Contract of <see cref="Vectors"/>; null for somebody without any.</summary>
    [Id(6)]
    public string? Contract { get; init; }

    /// <summary>The same faces under a second contract, as far as they have vectors of it; null for none.</summary>
    [Id(7)]
    public TemplateSet? Other { get; init; }

    /// <summary>The <see cref="GalleryMap.ContractRevision"/> that the sender knows.</summary>
    [Id(8)]
    public int ContractRevision { get; init; }

    /// <summary>The entry as far as it concerns one contract.</summary>
    /// <param name="contract">Contract id.</param>
    /// <returns>An entry whose vectors are all of that contract.</returns>
    public PersonEntry Under(string contract) =>
        Contract == contract ? this
        : Other?.Contract == contract ? this with { Contract = contract, FaceIds = Other.FaceIds, Vectors = Other.Vectors }
        : this with { Contract = contract, FaceIds = [], Vectors = [] };
}
