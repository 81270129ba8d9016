using FaceGrid.Grains.Cluster;
using FaceGrid.Grains.Maps;
using FaceGrid.Grains.Storage;
using FaceGrid.Storage;
using FaceGrid.Storage.Sightings;
using Microsoft.Extensions.Options;

namespace FaceGrid.Grains.People;

/// <summary>What the grains of people of a silo work with.</summary>
/// <param name="Grains">Finds galleries, shards and other people.</param>
/// <param name="Maps">The silo's copies of gallery maps.</param>
/// <param name="Lease">Says when it is safe to take a person over from a silo that died.</param>
/// <param name="CatchUps">Counts the people of this silo who are not yet searchable.</param>
/// <param name="Rows">Rows of people, as ranges.</param>
/// <param name="Sightings">What cameras saw of people; erased with them.</param>
/// <param name="Crops">Kept cut-outs of faces.</param>
/// <param name="Options">Settings.</param>
/// <param name="Time">Clock.</param>
public sealed record PersonTools(
    IGrainFactory Grains,
    GalleryMaps Maps,
    SiloLease Lease,
    CatchUps CatchUps,
    IGrainRows Rows,
    ISightingRows Sightings,
    CropRows Crops,
    IOptions<GridOptions> Options,
    TimeProvider Time);
