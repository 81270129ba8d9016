using FaceGrid.Abstractions.Embedding;
using FaceGrid.Abstractions.Sightings;
using FaceGrid.Cameras.Recognition;
using FaceGrid.Cameras.State;
using FaceGrid.Vision;

namespace FaceGrid.Cameras.Visits;

/// <summary>One presence of a person at the camera.</summary>
/// <param name="id">32 hexadecimal digits.</param>
/// <param name="who">Who it is, as far as decided.</param>
/// <param name="firstSeen">When the face came.</param>
internal sealed class Visit(string id, Identity who, DateTimeOffset firstSeen)
{
    /// <summary>Its id.</summary>
    public string Id { get; } = id;

    /// <summary>Who it is.</summary>
    public Identity Who { get; set; } = who;

    /// <summary>When the face came.</summary>
    public DateTimeOffset FirstSeen { get; } = firstSeen;

    /// <summary>When it was seen last.</summary>
    public DateTimeOffset LastSeen { get; set; } = firstSeen;

    /// <summary>The same on the camera's clock.</summary>
    public TimeSpan SeenAt { get; set; }

    /// <summary>Where it was seen last; without size for a visit of another node that did not remember it.</summary>
    public FaceBox Box { get; set; }

    /// <summary>Frames in which the face was seen.</summary>
    public int Frames { get; set; }

    /// <summary>Tracks that belonged to it here.</summary>
    public int Tracks { get; set; }

    /// <summary>The vote for <see cref="Who"/> with the smallest distance, or null.</summary>
    public Vote? Best { get; set; }

    /// <summary>Share of the votes.</summary>
    public float Confidence { get; set; }

    /// <summary>Result of presentation-attack detection.</summary>
    public Liveness? Liveness { get; set; }

    /// <summary>How good the kept picture is, 0 to 1; 0 without one.</summary>
    public float PictureWeight { get; set; }

    /// <summary>The best picture so far that is not reported yet, or null.</summary>
    public byte[]? NewPicture { get; set; }

    /// <summary>Whether a picture is kept, or will be with the next report.</summary>
    public bool HasPicture { get; set; }

    /// <summary>Revision that was reported last; 0 before the first.</summary>
    public int Revision { get; set; }

    /// <summary>The visit of another node, as it was reported.</summary>
    public static Visit Of(Sighting reported, OpenVisit? remembered) => new(reported.Id, IdentityOf(reported), reported.FirstSeen)
    {
        LastSeen = remembered is not null && remembered.LastSeen > reported.LastSeen ? remembered.LastSeen : reported.LastSeen,
        Frames = Math.Max(reported.Frames, remembered?.Frames ?? 0),
        Box = remembered is { Box: [var x, var y, var width, var height] } ? new FaceBox(x, y, width, height) : default,
        Best = new Vote(IdentityOf(reported), 1, reported.Distance, reported.Threshold, reported.Margin),
        Confidence = reported.Confidence,
        Liveness = reported.Liveness,
        HasPicture = reported.HasPicture,
        Revision = reported.Revision,
    };

    /// <summary>The visit as it stands, as the next revision.</summary>
    public Sighting Report(string camera, SightingStatus status) => new(
        Id,
        ++Revision,
        camera,
        status,
        FirstSeen,
        LastSeen,
        Who.Kind == IdentityKind.Person ? Who.Gallery : null,
        Who.Kind == IdentityKind.Person ? Who.Person : null,
        Who.Kind == IdentityKind.Visitor ? Who.Person : null,
        // The distance would help an attacker who holds a picture up.
        Who.Kind == IdentityKind.Spoof ? null : Best?.Distance,
        Best?.Threshold,
        Who.Kind == IdentityKind.Person ? Best?.Margin : null,
        Confidence,
        Frames,
        Liveness,
        HasPicture)
    {
        VisitorGallery = Who.Kind == IdentityKind.Visitor ? Who.Gallery : null,
    };

    private static Identity IdentityOf(Sighting reported) => (reported.Person, reported.Visitor) switch
    {
        ({ } person, _) => new Identity(IdentityKind.Person, reported.Gallery, person),
        (_, { } visitor) => new Identity(IdentityKind.Visitor, reported.VisitorGallery, visitor),
        _ => Identity.Unknown,
    };
}
