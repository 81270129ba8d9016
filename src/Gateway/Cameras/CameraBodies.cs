using System.Text.Json;
using System.Text.Json.Serialization;
using FaceGrid.Abstractions.Cameras;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.People;
using FaceGrid.Gateway.Bodies;
using FaceGrid.Gateway.Galleries;
using FaceGrid.Gateway.Pad;

namespace FaceGrid.Gateway.Cameras;

/// <summary>Settings of a camera. An absent member keeps its value.</summary>
/// <param name="Name">Display name; empty for none.</param>
/// <param name="Enabled">On or off.</param>
/// <param name="Source">Where frames come from.</param>
/// <param name="FramesPerSecond">Most frames analysed per second.</param>
/// <param name="WidthMax">Most pixels, in width or height, at which a frame is analysed.</param>
/// <param name="Zones">Polygons of points x, y in fractions of the frame; empty for the whole frame.</param>
/// <param name="FaceSizeMin">Smallest face in pixels.</param>
/// <param name="Galleries">Galleries in which the camera looks for people.</param>
/// <param name="Search"><c>nearest</c> or <c>first</c>.</param>
/// <param name="Threshold">Distance; 0 for the thresholds that the galleries promise.</param>
/// <param name="Pad"><c>off</c>, <c>report</c> or <c>require</c>.</param>
/// <param name="Quality"><c>off</c>, <c>shot</c> (the default), <c>standard</c>, or limits by name.</param>
/// <param name="VisitGapSeconds">How long a person may be out of sight within one visit.</param>
/// <param name="KeepPicture">Whether one picture of each visit is kept.</param>
/// <param name="Visitors">Gallery of visitors; empty for none.</param>
internal sealed record CameraSettingsBody(
    string? Name,
    bool? Enabled,
    CameraSourceBody? Source,
    double? FramesPerSecond,
    int? WidthMax,
    float[][][]? Zones,
    float? FaceSizeMin,
    string[]? Galleries,
    string? Search,
    float? Threshold,
    string? Pad,
    JsonElement? Quality,
    double? VisitGapSeconds,
    bool? KeepPicture,
    string? Visitors)
{
    private const string Nearest = "nearest", First = "first";

    /// <summary>Reads the change.</summary>
    /// <exception cref="FaceGridException">
    /// <see cref="ErrorCodes.InvalidParameter"/> for a word that is not listed above; <see cref="ErrorCodes.InvalidCamera"/> for a source,
    /// zone, search or visit gap that is wrong. The camera checks all other ranges.
    /// </exception>
    public CameraChange ToMessage() => new()
    {
        Name = Name,
        Enabled = Enabled,
        Source = Source?.ToMessage(),
        FramesPerSecond = FramesPerSecond,
        WidthMax = WidthMax,
        Zones = Zones is null ? null : [.. Zones.Select(ZoneOf)],
        FaceSizeMin = FaceSizeMin,
        Galleries = Galleries is { } galleries ? Array.ConvertAll(galleries, Ids.CheckGallery) : null,
        Choice = Search switch
        {
            null => null,
            Nearest => GalleryChoice.Nearest,
            First => GalleryChoice.First,
            _ => throw new FaceGridException(ErrorCodes.InvalidCamera, "search must be nearest or first."),
        },
        Threshold = Threshold,
        Pad = PadText.Parse(Pad, "pad"),
        Quality = Quality is { ValueKind: not JsonValueKind.Null } quality ? QualityText.Parse(quality, "quality") : null,
        VisitGap = VisitGapSeconds is { } seconds ? GapOf(seconds) : null,
        KeepPicture = KeepPicture,
        Visitors = Visitors,
    };

    public static CameraSettingsBody Of(CameraInfo camera)
    {
        CameraSettings settings = camera.Settings;
        return new CameraSettingsBody(
            settings.Name,
            settings.Enabled,
            CameraSourceBody.Of(settings.Source, camera.HasCredentials),
            settings.FramesPerSecond,
            settings.WidthMax,
            [.. settings.Zones.Select(zone => zone.Corners.Chunk(2).ToArray())],
            settings.FaceSizeMin,
            settings.Galleries,
            settings.Choice == GalleryChoice.First ? First : Nearest,
            settings.Threshold ?? 0,
            PadText.Of(settings.Pad),
            QualityText.Of(settings.Quality),
            settings.VisitGap.TotalSeconds,
            settings.KeepPicture,
            settings.Visitors ?? "");
    }

    private static CameraZone ZoneOf(float[][]? zone) => zone is not null && Array.TrueForAll(zone, corner => corner is { Length: 2 })
        ? new CameraZone([.. zone.SelectMany(corner => corner)])
        : throw new FaceGridException(
            ErrorCodes.InvalidCamera, "A zone is a list of corners, each two numbers: x and y in fractions of the frame.");

    private static TimeSpan GapOf(double seconds) => seconds is >= 1 and <= 3_600
        ? TimeSpan.FromSeconds(seconds)
        : throw new FaceGridException(ErrorCodes.InvalidCamera, "visitGapSeconds must be 1 to 3600.");
}

/// <summary>Where a camera's frames come from. User name and password are accepted and never shown.</summary>
internal sealed record CameraSourceBody(
    string? Kind,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Address,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? UserName,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Password,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] bool? HasCredentials)
{
    public static CameraSourceBody Of(CameraSource source, bool hasCredentials) =>
        new(
            source.Kind.ToString().ToLowerInvariant(),
            source.Address,
            null,
            null,
            source.Kind == CameraSourceKind.Push ? null : hasCredentials);

    public CameraSource ToMessage() => new(
        Kind switch
        {
            "push" => CameraSourceKind.Push,
            "mjpeg" => CameraSourceKind.Mjpeg,
            "snapshot" => CameraSourceKind.Snapshot,
            "video" => CameraSourceKind.Video,
            _ => throw new FaceGridException(ErrorCodes.InvalidCamera, "source.kind must be push, mjpeg, snapshot or video."),
        },
        Parameters.NullIfEmpty(Address),
        Parameters.NullIfEmpty(UserName),
        Parameters.NullIfEmpty(Password));
}

/// <summary>A camera: its settings as in <see cref="CameraSettingsBody"/>, and its status when the caller asked for it.</summary>
internal sealed record CameraBody(
    string Id,
    string? Name,
    bool Enabled,
    CameraSourceBody Source,
    double FramesPerSecond,
    int WidthMax,
    float[][][] Zones,
    float FaceSizeMin,
    string[] Galleries,
    string Search,
    float Threshold,
    string Pad,
    JsonElement Quality,
    double VisitGapSeconds,
    bool KeepPicture,
    string Visitors,
    DateTimeOffset CreatedAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] CameraStatusBody? Status)
{
    public static CameraBody Of(CameraInfo camera)
    {
        CameraSettingsBody settings = CameraSettingsBody.Of(camera);
        return new CameraBody(
            camera.Id,
            settings.Name,
            camera.Settings.Enabled,
            settings.Source!,
            camera.Settings.FramesPerSecond,
            camera.Settings.WidthMax,
            settings.Zones!,
            camera.Settings.FaceSizeMin,
            camera.Settings.Galleries,
            settings.Search!,
            settings.Threshold!.Value,
            settings.Pad!,
            settings.Quality!.Value,
            settings.VisitGapSeconds!.Value,
            camera.Settings.KeepPicture,
            settings.Visitors!,
            camera.CreatedAt,
            CameraStatusBody.Of(camera.Status));
    }
}

/// <summary>A page of cameras. <c>damaged</c> lists the ids of cameras whose row cannot be read; it is left out when empty.</summary>
internal sealed record CameraListBody(
    CameraBody[] Cameras, string? Next, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string[]? Damaged);
