using FaceGrid.Abstractions.Cameras;

namespace FaceGrid.Cameras.State;

/// <summary>The row of a camera.</summary>
[GenerateSerializer]
[Alias("fg.camera-state")]
public sealed class CameraState
{
    /// <summary>Its settings, user name and password included; null while it does not exist.</summary>
    [Id(0)]
    public CameraSettings? Settings { get; set; }

    /// <summary>When it was made, UTC.</summary>
    [Id(1)]
    public DateTimeOffset CreatedAt { get; set; }
}
