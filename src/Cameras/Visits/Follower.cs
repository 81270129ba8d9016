using FaceGrid.Abstractions.Embedding;
using FaceGrid.Cameras.Recognition;
using FaceGrid.Vision;
using FaceGrid.Vision.Alignment;
using FaceGrid.Vision.Tracking;

namespace FaceGrid.Cameras.Visits;

/// <summary>A face that a camera follows: its track, its votes and its visit.</summary>
/// <param name="track">The track.</param>
/// <param name="since">When the face came.</param>
internal sealed class Follower(FaceTrack track, DateTimeOffset since)
{
    // Keyed by the embedding that the track remembers.
    private readonly Dictionary<float[], (float[]? Next, AlignedCrop? Crop)> _shots = new(ReferenceEqualityComparer.Instance);

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

    /// <summary>The visitor that an unknown face was recognised as, or null.</summary>
    public Identity? Visitor { get; set; }

    /// <summary>Distance to that visitor, or null for one who is new.</summary>
    public float? VisitorDistance { get; set; }

    /// <summary>How often the search for the visitor has failed.</summary>
    public int VisitorFailures { get; set; }

    /// <summary>The visit that the track belongs to, or null before the decision.</summary>
    public Visit? Visit { get; set; }

    /// <summary>Weight of the best shot so far, 0 to 1.</summary>
    public float BestWeight { get; set; }

    /// <summary>The newest shot's embedding, or null.</summary>
    public float[]? LastLook { get; set; }

    /// <summary>Weight of the newest shot as a vote, above 0, at most 1.</summary>
    public float VoteWeight { get; set; }

    /// <summary>The best shot's face as a JPEG, where pictures are kept.</summary>
    public byte[]? Picture { get; set; }

    /// <summary>The remembered shots, the best first: embeddings by both embedders, and the cut-out where one was made.</summary>
    public IEnumerable<(float[] First, float[]? Next, AlignedCrop? Crop)> Shots =>
        Track.Looks.Select(look => (look, _shots.GetValueOrDefault(look).Next, _shots.GetValueOrDefault(look).Crop));

    /// <summary>Measured quality and confidence of the best shot, for the enrolment of a new visitor.</summary>
    public (FaceQualityInfo Quality, float Confidence)? Shot { get; set; }

    /// <summary>Who it is; null before the decision, and while the track may have gone over to another face.</summary>
    public Identity? Who => !Track.IsSure ? null
        : Ballot.Verdict is { Kind: IdentityKind.Unknown } unknown ? Visitor ?? unknown
        : Ballot.Verdict;

    /// <summary>Remembers a shot; the worst of too many is forgotten.</summary>
    /// <param name="face">An embedded face.</param>
    /// <param name="weight">How good the shot is, 0 to 1.</param>
    public void Remember(AnalysedFace face, float weight)
    {
        Track.Remember(face.Embedding!, weight);
        _shots[face.Embedding!] = (face.NextEmbedding, face.Crop);
        foreach (float[] forgotten in _shots.Keys.Except(Track.Looks, ReferenceEqualityComparer.Instance).Cast<float[]>().ToArray())
        {
            _shots.Remove(forgotten);
        }
    }
}
