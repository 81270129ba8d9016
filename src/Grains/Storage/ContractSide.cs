using FaceGrid.Abstractions.Galleries;
using FaceGrid.Abstractions.People;
using FaceGrid.Abstractions.Policies;

namespace FaceGrid.Grains.Storage;

/// <summary>Everything in a gallery's row that means something for one contract only; members as in <see cref="GalleryState"/>.</summary>
[GenerateSerializer, Immutable]
[Alias("fg.contract-side")]
public sealed record ContractSide(
    [property: Id(0)] Contract Contract,
    [property: Id(1)] float? VerifyThreshold,
    [property: Id(2)] float? IdentifyThreshold,
    [property: Id(3)] Threshold? ProfileVerify,
    [property: Id(4)] Threshold? ProfileIdentify,
    [property: Id(5)] ErrorModel? Errors,
    [property: Id(6)] Alikeness? Alikeness);
