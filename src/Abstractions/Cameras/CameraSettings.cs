using FaceGrid.Abstractions.Embedding;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Galleries;
using FaceGrid.Abstractions.People;

namespace FaceGrid.Abstractions.Cameras;

/// <summary>What a camera does. <see cref="Check"/> names what is out of range.</summary>
[GenerateSerializer, Immutable]
[Alias("fg.camera-settings")]
public sealed record CameraSettings
{
    /// <summary>Most zones of a camera, and most corners of a zone: each costs time for every face of every frame.</summary>
    public const int ZonesMax = 32;

    /// <summary>Most galleries of a camera: each is searched for every frame with a face that is not known yet.</summary>
    public const int GalleriesMax = 8;

    /// <summary>
    /// The settings of a new camera: frames are sent to it, it looks at five a second, and it knows everybody in the gallery
    /// <c>default</c>.
    /// </summary>
    public static CameraSettings Default { get; } = new();

    /// <summary>Display name, at most 256 characters, or null.</summary>
    [Id(0)]
    public string? Name { get; init; }

    /// <summary>False for a camera that is off: it fetches nothing and takes no frames.</summary>
    [Id(1)]
    public bool Enabled { get; init; } = true;

    /// <summary>Where frames come from.</summary>
    [Id(2)]
    public CameraSource Source { get; init; } = new(CameraSourceKind.Push);

    /// <summary>Most frames looked at per second, 0.05 to 60.</summary>
    [Id(3)]
    public double FramesPerSecond { get; init; } = 5;

    /// <summary>Frames are looked at no wider or higher than this many pixels, 160 to 3,840.</summary>
    [Id(4)]
    public int WidthMax { get; init; } = 1_280;

    /// <summary>Faces count inside any of these zones; empty for everywhere.</summary>
    [Id(5)]
    public CameraZone[] Zones { get; init; } = [];

    /// <summary>
    /// Smallest face that counts, in pixels of the full-size frame: between the eyes, or from the eyes to the mouth where that is more. 8
    /// to 1,000.
    /// </summary>
    [Id(6)]
    public float FaceSizeMin { get; init; } = 20;

    /// <summary>
    /// Galleries whose people the camera knows, at most <see cref="GalleriesMax"/>; none for a camera that only counts faces.
    /// </summary>
    [Id(7)]
    public string[] Galleries { get; init; } = ["default"];

    /// <summary>How a camera with several galleries chooses.</summary>
    [Id(8)]
    public GalleryChoice Choice { get; init; }

    /// <summary>Distance for identify in place of the promise of the galleries, above 0, at most 2; null for the promise.</summary>
    [Id(9)]
    public float? Threshold { get; init; }

    /// <summary>Whether faces must be live ones. The stricter of this and the galleries' own policy for identify is in force.</summary>
    [Id(10)]
    public PadPolicy Pad { get; init; } = PadPolicy.Report;

    /// <summary>Limits of a shot that may vote on who a face is.</summary>
    [Id(11)]
    public QualityLimits Quality { get; init; } = QualityLimits.Shot;

    /// <summary>How long a person may be out of sight within one visit, 1 s to 1 h.</summary>
    [Id(12)]
    public TimeSpan VisitGap { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>True to keep one picture of each visit.</summary>
    [Id(13)]
    public bool KeepPicture { get; init; }

    /// <summary>
    /// Gallery in which unknown people are enrolled, to be recognised on later visits and at other cameras; null for none.
    /// </summary>
    [Id(14)]
    public string? Visitors { get; init; }

    /// <summary>Checks everything at once.</summary>
    /// <exception cref="FaceGridException">
    /// <see cref="ErrorCodes.InvalidCamera"/>, naming all that is wrong; <see cref="ErrorCodes.InvalidGalleryId"/>.
    /// </exception>
    public void Check()
    {
        (bool Holds, string Mistake)[] rules =
        [
            (Name is null or { Length: <= 256 }, "name has at most 256 characters"),
            (FramesPerSecond is >= 0.05 and <= 60, "framesPerSecond is 0.05 to 60"),
            (WidthMax is >= 160 and <= 3_840, "widthMax is 160 to 3840 pixels"),
            (Zones.Length <= ZonesMax && Array.TrueForAll(Zones, zone => zone.IsValid),
                $"zones are at most {ZonesMax} polygons of 3 to {ZonesMax} corners within 0 to 1"),
            (FaceSizeMin is >= 8 and <= 1_000, "faceSizeMin is 8 to 1000 pixels"),
            (Galleries.Length <= GalleriesMax && Galleries.Distinct(StringComparer.Ordinal).Count() == Galleries.Length,
                $"galleries are at most {GalleriesMax}, each once"),
            (Enum.IsDefined(Choice), "search is nearest or first"),
            (Threshold is null or (> 0 and <= 2), "threshold is a distance, above 0, at most 2"),
            (Enum.IsDefined(Pad), "pad is off, report or require"),
            (Quality.IsValid, "quality has a limit outside its range"),
            (VisitGap >= TimeSpan.FromSeconds(1) && VisitGap <= TimeSpan.FromHours(1), "visitGapSeconds is 1 to 3600"),
            (Visitors is null || !Galleries.Contains(Visitors, StringComparer.Ordinal),
                "visitors is another gallery than those that are searched"),
            (Source.Kind == CameraSourceKind.Push
                ? Source is { Address: null, UserName: null, Password: null }
                : Source.Address is { Length: > 0 and <= 2_048 },
                "source.address is needed, of at most 2048 characters, unless frames are pushed: then there is none"),
            (Enum.IsDefined(Source.Kind) && Source.UserName is null or { Length: <= 256 } && Source.Password is null or { Length: <= 256 },
                "source.kind is push, mjpeg, snapshot or video; userName and password have at most 256 characters"),
        ];
        string[] mistakes = [.. rules.Where(rule => !rule.Holds).Select(rule => rule.Mistake)];
        if (mistakes.Length > 0)
        {
            throw new FaceGridException(ErrorCodes.InvalidCamera, $"These settings are not usable: {string.Join("; ", mistakes)}.");
        }

        foreach (string gallery in Visitors is null ? Galleries : [.. Galleries, Visitors])
        {
            Ids.CheckGallery(gallery);
        }
    }
}
