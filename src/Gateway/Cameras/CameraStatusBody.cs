using System.Text.Json.Serialization;
using FaceGrid.Abstractions.Cameras;

namespace FaceGrid.Gateway.Cameras;

/// <summary>The status of a camera; see <see cref="CameraStatus"/>.</summary>
internal sealed record CameraStatusBody(
    bool Running,
    string? Problem,
    string Node,
    DateTimeOffset Since,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] SourceHealth? Source,
    CameraFramesBody Frames,
    DateTimeOffset? LastFrameAt,
    int Faces,
    CameraSightingsBody Sightings,
    CameraSeconds Seconds)
{
    public static CameraStatusBody? Of(CameraStatus? status) => status is null ? null : new CameraStatusBody(
        status.Running,
        status.Problem,
        status.Node,
        status.Since,
        status.Source,
        new CameraFramesBody(status.Processed, status.Dropped, status.Unusable),
        status.LastFrameAt,
        status.Faces,
        new CameraSightingsBody(status.Published, status.Waiting, status.Lost),
        status.Seconds);
}

/// <summary>How many of a camera's frames were processed, dropped or unusable.</summary>
internal sealed record CameraFramesBody(long Processed, long Dropped, long Unusable);

/// <summary>How many of a camera's sightings were published, are waiting or were lost.</summary>
internal sealed record CameraSightingsBody([property: JsonPropertyName("told")] long Published, int Waiting, long Lost);
