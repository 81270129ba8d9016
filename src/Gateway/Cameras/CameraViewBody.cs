using System.Text.Json.Serialization;
using FaceGrid.Abstractions.Cameras;
using FaceGrid.Gateway.Recognition;

namespace FaceGrid.Gateway.Cameras;

/// <summary>What a camera sees.</summary>
internal sealed record CameraViewBody(string Camera, DateTimeOffset? At, int Width, int Height, SeenFaceBody[] Tracks)
{
    /// <summary>The frame itself, in base64, when the caller asked for it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public byte[]? Picture { get; init; }

    public static CameraViewBody Of(CameraView view) =>
        new(view.Camera, view.At, view.Width, view.Height, [.. view.Tracks.Select(SeenFaceBody.Of)]);
}

/// <summary>A face that is followed; see <see cref="SeenFace"/>.</summary>
internal sealed record SeenFaceBody(
    int Track,
    BoxBody Box,
    string Decision,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Gallery,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Person,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] float? Distance,
    float Confidence,
    DateTimeOffset Since,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Visit)
{
    public static SeenFaceBody Of(SeenFace face) =>
        new(
            face.Track,
            new BoxBody(face.X, face.Y, face.Width, face.Height),
            face.Decision,
            face.Gallery,
            face.Person,
            face.Distance,
            face.Confidence,
            face.Since,
            face.Visit);
}

/// <summary>How many pushed frames were accepted or dropped. A caller that waits for its frame also gets the faces seen in it.</summary>
internal sealed record FramesBody(
    long Accepted,
    long Dropped,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] CameraViewBody? View);
