using FaceGrid.Abstractions.Embedding;
using FaceGrid.Abstractions.Galleries;

namespace FaceGrid.Abstractions.Cameras;

/// <summary>
/// A change of a camera's settings. A member that is null changes nothing; a new camera begins with the defaults of
/// <see cref="CameraSettings"/>.
/// </summary>
[GenerateSerializer, Immutable]
[Alias("fg.camera-change")]
public sealed record CameraChange
{
    /// <summary>Display name; empty for none.</summary>
    [Id(0)]
    public string? Name { get; init; }

    /// <summary>On or off.</summary>
    [Id(1)]
    public bool? Enabled { get; init; }

    /// <summary>
    /// The source as a whole. Without a user name and a password the former ones stay if kind and address stay: they are not handed to
    /// another address.
    /// </summary>
    [Id(2)]
    public CameraSource? Source { get; init; }

    /// <summary>Frames per second.</summary>
    [Id(3)]
    public double? FramesPerSecond { get; init; }

    /// <summary>Pixels.</summary>
    [Id(4)]
    public int? WidthMax { get; init; }

    /// <summary>All zones.</summary>
    [Id(5)]
    public CameraZone[]? Zones { get; init; }

    /// <summary>Pixels.</summary>
    [Id(6)]
    public float? FaceSizeMin { get; init; }

    /// <summary>All galleries.</summary>
    [Id(7)]
    public string[]? Galleries { get; init; }

    /// <summary>How a camera with several galleries chooses.</summary>
    [Id(8)]
    public GalleryChoice? Choice { get; init; }

    /// <summary>Distance; 0 for the promise of the galleries.</summary>
    [Id(9)]
    public float? Threshold { get; init; }

    /// <summary>Policy against presentation attacks.</summary>
    [Id(10)]
    public PadPolicy? Pad { get; init; }

    /// <summary>All limits of quality.</summary>
    [Id(11)]
    public QualityLimits? Quality { get; init; }

    /// <summary>Gap within a visit.</summary>
    [Id(12)]
    public TimeSpan? VisitGap { get; init; }

    /// <summary>Whether pictures are kept.</summary>
    [Id(13)]
    public bool? KeepPicture { get; init; }

    /// <summary>Gallery of visitors; empty for none.</summary>
    [Id(14)]
    public string? Visitors { get; init; }

    /// <summary>The settings after the change.</summary>
    /// <param name="before">The settings before; <see cref="CameraSettings.Default"/> for a new camera.</param>
    public CameraSettings Over(CameraSettings before) => new()
    {
        Name = Name is null ? before.Name : NullIfEmpty(Name),
        Enabled = Enabled ?? before.Enabled,
        Source = Source is null ? before.Source : WithCredentials(Source, before.Source),
        FramesPerSecond = FramesPerSecond ?? before.FramesPerSecond,
        WidthMax = WidthMax ?? before.WidthMax,
        Zones = Zones ?? before.Zones,
        FaceSizeMin = FaceSizeMin ?? before.FaceSizeMin,
        Galleries = Galleries ?? before.Galleries,
        Choice = Choice ?? before.Choice,
        Threshold = Threshold is null ? before.Threshold : Threshold == 0 ? null : Threshold,
        Pad = Pad ?? before.Pad,
        Quality = Quality ?? before.Quality,
        VisitGap = VisitGap ?? before.VisitGap,
        KeepPicture = KeepPicture ?? before.KeepPicture,
        Visitors = Visitors is null ? before.Visitors : NullIfEmpty(Visitors),
    };

    private static CameraSource WithCredentials(CameraSource source, CameraSource before) =>
        source is { UserName: null, Password: null } && source.Kind == before.Kind && source.Address == before.Address ? before : source;

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;
}
