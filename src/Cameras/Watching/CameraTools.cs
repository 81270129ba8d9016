using FaceGrid.Cameras.Recognition;
using FaceGrid.Cameras.Sightings;
using FaceGrid.Grains.Cluster;
using FaceGrid.Grains.Maps;
using FaceGrid.Vision;

namespace FaceGrid.Cameras.Watching;

/// <summary>What every camera of a node works with.</summary>
/// <param name="Pipeline">Finds and embeds faces.</param>
/// <param name="Grains">Reaches galleries and people.</param>
/// <param name="Maps">Policies of galleries.</param>
/// <param name="Log">Takes sightings.</param>
/// <param name="People">Says who is still enrolled.</param>
/// <param name="SiloLease">Whether this node may speak.</param>
/// <param name="Time">Clock.</param>
public sealed record CameraTools(
    FacePipeline Pipeline,
    IGrainFactory Grains,
    GalleryMaps Maps,
    ISightingLog Log,
    EnrolledPeople People,
    SiloLease SiloLease,
    TimeProvider Time);
