using FaceGrid.Vision;

namespace FaceGrid.Grains.Cameras;

/// <summary>What a camera knows of a track beside where it is.</summary>
/// <param name="track">The track.</param>
/// <param name="since">When the face came.</param>
internal sealed class Follower(FaceTrack track, DateTimeOffset since)
{
    /// <summary>The track.</summary>
    public FaceTrack Track { get; } = track;

    /// <summary>When the face came.</summary>
    public DateTimeOffset Since { get; } = since;

    /// <summary>When it was seen last.</summary>
    public DateTimeOffset LastSeen { get; set; } = since;

    /// <summary>The votes.</summary>
    public Ballot Ballot { get; } = new();

    /// <summary>When it was last chosen to be embedded, on the camera's clock.</summary>
    public TimeSpan AskedAt { get; set; } = TimeSpan.MinValue / 2;

    /// <summary>How often it was chosen; a shot that was too poor to vote counts too.</summary>
    public int Asked { get; set; }

    /// <summary>The visitor that somebody unknown was found to be, or null.</summary>
    public Identity? Visitor { get; set; }

    /// <summary>Distance to that visitor, or null for one who is new.</summary>
    public float? VisitorDistance { get; set; }

    /// <summary>How often looking for the visitor has failed.</summary>
    public int VisitorFailures { get; set; }

    /// <summary>The visit that the track belongs to, or null before the decision.</summary>
    public Visit? Visit { get; set; }

    /// <summary>How good the best shot so far is, 0 to 1.</summary>
    public float BestWeight { get; set; }

    /// <summary>The newest shot's embedding, or null.</summary>
    public float[]? LastLook { get; set; }

    /// <summary>How much the newest shot counts as a vote, above 0, at most 1.</summary>
    public float VoteWeight { get; set; }

    /// <summary>The best shot's face as a JPEG, where pictures are kept.</summary>
    public byte[]? Picture { get; set; }

    /// <summary>Measured quality and confidence of the best shot, for who is enrolled as a visitor.</summary>
    public (FaceQualityInfo Quality, float Confidence)? Shot { get; set; }

    /// <summary>Who it is; null before the decision, and while the track may have gone over to another face.</summary>
    public Identity? Who => !Track.IsSure ? null : Ballot.Verdict is { Kind: IdentityKind.Unknown } unknown ? Visitor ?? unknown : Ballot.Verdict;
}
