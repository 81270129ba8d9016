using System.Text.Json.Serialization;
using FaceGrid.Abstractions.Galleries;
using FaceGrid.Abstractions.People;
using FaceGrid.Abstractions.Policies;

namespace FaceGrid.Abstractions.Embedding;

/// <summary>A face in a picture. Coordinates are pixels of the upright picture (EXIF orientation applied), origin top left.</summary>
/// <param name="X">Left edge of the box.</param>
/// <param name="Y">Top edge of the box.</param>
/// <param name="Width">Width of the box.</param>
/// <param name="Height">Height of the box.</param>
/// <param name="Landmarks">Ten numbers x, y: the subject's right eye, left eye, nose tip, right mouth corner, left mouth corner.</param>
/// <param name="Confidence">Detector confidence, 0 to 1.</param>
/// <param name="Quality">Measured quality.</param>
/// <param name="Vector">Embedding as little-endian float32 of unit norm, or null when not asked for.</param>
/// <param name="Liveness">
/// Whether it is a live face; null when not asked for, when the node has no model for that, or when the face is too small.
/// </param>
[GenerateSerializer, Immutable]
[Alias("fg.picture-face")]
public sealed record PictureFace(
    [property: Id(0)] float X,
    [property: Id(1)] float Y,
    [property: Id(2)] float Width,
    [property: Id(3)] float Height,
    [property: Id(4)] float[] Landmarks,
    [property: Id(5)] float Confidence,
    [property: Id(6)] FaceQualityInfo Quality,
    [property: Id(7)] byte[]? Vector,
    [property: Id(30)] Liveness? Liveness = null)
{
    /// <summary>Embedding under <see cref="PictureFaces.OtherContract"/>, likewise, or null when not asked for.</summary>
    [Id(40)]
    public byte[]? OtherVector { get; init; }

    /// <summary>The aligned cut-out, or null when not asked for.</summary>
    [Id(41)]
    public FaceCrop? Crop { get; init; }
}

/// <summary>Measured quality of a face.</summary>
/// <param name="EyeDistance">Pixels between the eyes.</param>
/// <param name="Sharpness">Variance of the Laplacian of the aligned crop; larger is sharper.</param>
/// <param name="Brightness">Mean luminance of the crop, 0 to 1.</param>
/// <param name="Contrast">Standard deviation of the luminance, 0 to 0.5.</param>
/// <param name="Yaw">Estimated turn in degrees.</param>
/// <param name="Pitch">Estimated nod in degrees.</param>
/// <param name="Roll">In-plane rotation in degrees.</param>
[GenerateSerializer, Immutable]
[Alias("fg.face-quality")]
public sealed record FaceQualityInfo(
    [property: Id(0)] float EyeDistance,
    [property: Id(1)] float Sharpness,
    [property: Id(2)] float Brightness,
    [property: Id(3)] float Contrast,
    [property: Id(4)] float Yaw,
    [property: Id(5)] float Pitch,
    [property: Id(6)] float Roll);

/// <summary>All faces of a picture.</summary>
/// <param name="Width">Width of the upright picture in pixels.</param>
/// <param name="Height">Height of the upright picture in pixels.</param>
/// <param name="Contract">Contract of the vectors.</param>
/// <param name="Faces">Largest face first.</param>
[GenerateSerializer, Immutable]
[Alias("fg.picture-faces")]
public sealed record PictureFaces(
    [property: Id(0)] int Width,
    [property: Id(1)] int Height,
    [property: Id(2)] Contract Contract,
    [property: Id(3)] PictureFace[] Faces)
{
    /// <summary>Contract of the second vectors, or null when there are none.</summary>
    [Id(40)]
    public Contract? OtherContract { get; init; }

    /// <summary>
    /// Degrees clockwise by which the picture was turned to make its faces upright: 0, 90, 180 or 270. Boxes and landmarks are in the
    /// picture as it came.
    /// </summary>
    [Id(50)]
    public int Turned { get; init; }
}

/// <summary>What an embedder node runs.</summary>
/// <param name="Embedder">Profile id of the embedder.</param>
/// <param name="Detector">Profile id of the detector.</param>
/// <param name="ExecutionProvider">Provider really in use: <c>cpu</c>, <c>cuda</c> or <c>tensorrt</c>.</param>
/// <param name="Contract">Contract of its vectors.</param>
/// <param name="QueueLength">Pictures waiting or under way.</param>
/// <param name="Verify">The profile's threshold for verify, or null when it has none.</param>
/// <param name="Identify">The profile's threshold for identify, or null.</param>
/// <param name="Errors">What its calibration says, or null when it has none.</param>
/// <param name="EmbedderUpgrade">
/// Profile id of a more accurate embedder, where the profile names one: <c>facegrid models pull</c> fetches it.
/// </param>
/// <param name="DetectorUpgrade">The same for the detector.</param>
/// <param name="Pad">Profile ids of the models that tell live faces from pictures of faces; null or empty when it has none.</param>
[GenerateSerializer, Immutable]
[Alias("fg.embedder-info")]
public sealed record EmbedderInfo(
    [property: Id(0)] string Embedder,
    [property: Id(1)] string Detector,
    [property: Id(2)] string ExecutionProvider,
    [property: Id(3)] Contract Contract,
    [property: Id(4)] int QueueLength,
    [property: Id(5)] Threshold? Verify,
    [property: Id(6)] Threshold? Identify,
    [property: Id(7)] ErrorModel? Errors = null,
    [property: Id(8)] string? EmbedderUpgrade = null,
    [property: Id(9)] string? DetectorUpgrade = null,
    [property: Id(30)] string[]? Pad = null)
{
    /// <summary>
    /// The second embedder, where the node has one for galleries that migrate to another model; else null. Its own <see cref="Next"/> is
    /// null.
    /// </summary>
    [Id(40)]
    [JsonIgnore]
    public EmbedderInfo? Next { get; init; }

    /// <summary>
    /// The second embedder for callers of the API. It has a type of its own: a schema that contains itself makes generated documents
    /// endless.
    /// </summary>
    [JsonPropertyName("next"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SecondEmbedder? Second => Next is null ? null : new(Next.Embedder, Next.Contract);

    /// <summary>This one and the second.</summary>
    [JsonIgnore]
    public IEnumerable<EmbedderInfo> All => Next is null ? [this] : [this, Next];
}

/// <summary>A second embedder that a node holds.</summary>
/// <param name="Embedder">Profile id.</param>
/// <param name="Contract">Contract of its vectors.</param>
public sealed record SecondEmbedder(string Embedder, Contract Contract);
