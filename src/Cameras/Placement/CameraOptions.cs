using System.ComponentModel.DataAnnotations;

namespace FaceGrid.Cameras.Placement;

/// <summary>How many cameras a silo runs. The key is <c>FaceGrid:Grid:CamerasMax</c>, beside the settings of the grains.</summary>
public sealed class CameraOptions
{
    /// <summary>
    /// Cameras that run on one silo. Range 0 to 10,000, default 32. At five frames a second, 32 cameras ask for 160 looks a second: more
    /// than most processors without an accelerator can do. Frames that do not fit into the time are dropped one by one. Past the limit a
    /// new camera is refused. When silos die, some cameras wait instead of slowing all of them down.
    /// </summary>
    [Range(0, 10_000)]
    public int CamerasMax { get; set; } = 32;
}
