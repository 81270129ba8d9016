using FaceGrid.Abstractions.Cameras;
using FaceGrid.Abstractions.Galleries;
using FaceGrid.Cameras.Recognition;
using FaceGrid.Cameras.Visitors;
using FaceGrid.Cameras.Visits;
using FaceGrid.Grains.Embedding;
using FaceGrid.Vision;
using FaceGrid.Vision.Detection;
using FaceGrid.Vision.Embedding;
using FaceGrid.Vision.Tracking;
using Microsoft.Extensions.Logging;

namespace FaceGrid.Cameras.Watching;

/// <summary>
/// From a frame to who is in it: faces, tracks, votes, names. One per running camera; frames are looked at one after the other.
/// </summary>
internal sealed class FrameLook
{
    /// <summary>Longer side of a kept picture in pixels.</summary>
    private const int PictureSideMax = 320;

    /// <summary>A shot replaces the kept picture when it is better by this factor: each costs decoding the frame once more.</summary>
    private const float PictureBetter = 1.25f;

    /// <summary>A face that is out of sight for so long is decided with the votes there are.</summary>
    private static readonly TimeSpan CloseAfter = TimeSpan.FromSeconds(2);

    /// <summary>An unknown face is reported as just that after so many failed searches for its visitor.</summary>
    private const int VisitorTriesMax = 5;

    private readonly CameraSettings _settings;
    private readonly FacePipeline _pipeline;
    private readonly FaceTracker _tracker;
    private readonly GridQuestions _questions;
    private readonly Naming _naming;
    private readonly FrameVotes _votes;
    private readonly VisitorFinder? _visitors;
    private readonly Dictionary<int, Follower> _followers = [];
    private SceneSignature? _scene;

    /// <summary>Makes the look of a camera.</summary>
    /// <param name="settings">The camera's settings.</param>
    /// <param name="tools">What it works with.</param>
    /// <param name="logger">Log.</param>
    public FrameLook(CameraSettings settings, CameraTools tools, ILogger logger)
    {
        (_settings, _pipeline) = (settings, tools.Pipeline);
        (string contract, string? nextContract) = (_pipeline.ContractId, _pipeline.NextEmbedder?.ContractId);
        _tracker = new FaceTracker(TrackingOptions.For(_pipeline.Embedder, settings.VisitGap));
        _questions = new GridQuestions(tools.Time, logger);
        _naming = new Naming(settings, contract, nextContract, tools.Maps, tools.Grains);
        _votes = new FrameVotes(settings, _pipeline, _naming, _questions);
        _visitors = settings.Visitors is { } gallery ? new VisitorFinder(gallery, contract, nextContract, tools.Maps, tools.Grains) : null;
    }

    /// <summary>What kept the last look from naming faces, in words; null for nothing.</summary>
    public string? Problem => _questions.Problem;

    /// <summary>Everybody whom a face in sight, or one that may come back, was taken for.</summary>
    public IEnumerable<Identity> Named => _followers.Values.SelectMany(NamesOf);

    /// <summary>
    /// Forgets faces that were taken for some people, with their shots and pictures: each is a new face in the next frame.
    /// </summary>
    /// <param name="gone">People who are not to be named any more.</param>
    public void Forget(IReadOnlySet<Identity> gone)
    {
        foreach (Follower face in _followers.Values.Where(face => NamesOf(face).Any(gone.Contains)).ToArray())
        {
            _tracker.Forget(face.Track);
            _followers.Remove(face.Track.Id);
        }
    }

    /// <summary>Looks at a frame.</summary>
    /// <param name="offered">The frame.</param>
    /// <param name="cancellationToken">Stops in the middle; tracks may have moved on, votes may be missing.</param>
    /// <returns>
    /// What was found, and the time spent on questions to the grid. The faces are null for a frame that could not be read.
    /// </returns>
    public async Task<(PictureAnalysis Analysis, Follower[]? Faces, TimeSpan Searching)> LookAsync(
        OfferedFrame offered, CancellationToken cancellationToken)
    {
        _questions.Begin();
        PadPolicy? pad = await PadAsync(cancellationToken);
        (FrameChoice choice, PictureAnalysis analysis) = await AnalyseAsync(offered, pad, cancellationToken);
        if (analysis.Status != PictureStatus.Ok)
        {
            return (analysis, null, TimeSpan.Zero);
        }

        FaceShot[] shots =
            [.. choice.Chosen.Select(index => new FaceShot(index, analysis.Faces[choice.Counted[index]])).Where(IsValid)];
        Recognise(choice, shots);
        Follower[] faces = FollowersOf(choice.Tracks, offered);
        Array.ForEach(faces, face => face.LastSeen = offered.Frame.TakenAt);
        await RememberAsync(faces, shots, offered, cancellationToken);
        if (pad is { } policy)
        {
            await _votes.CountAsync(faces, shots, policy, cancellationToken);
        }

        FrameVotes.KeepApart(faces);
        Array.ForEach(Array.FindAll(faces, face => face.Ballot.Verdict is not null), face => face.Track.Settle());
        await FindVisitorsAsync([.. faces.Where(face => face.AskedAt == offered.At)], faces, cancellationToken);
        return (analysis, faces, _questions.Spent);
    }

    /// <summary>Decides faces that left undecided, with the votes there are, and forgets those whose time is over.</summary>
    /// <param name="now">The camera's time.</param>
    /// <param name="cancellationToken">Stops waiting; faces whose visitor was not found are tried again.</param>
    /// <returns>The faces that are decided now.</returns>
    public async Task<Follower[]> CloseAsync(TimeSpan now, CancellationToken cancellationToken)
    {
        HashSet<int> known = [.. _tracker.Tracks.Select(track => track.Id)];
        foreach (int gone in _followers.Keys.Where(id => !known.Contains(id)).ToArray())
        {
            _followers.Remove(gone);
        }

        Follower[] left = [.. _followers.Values.Where(face => face.Visit is null && now - face.Track.LastSeen > CloseAfter)];
        Array.ForEach(left, face => face.Ballot.Close());
        left = [.. left.Where(face => face.Ballot.Verdict is not null)];
        await FindVisitorsAsync(left, left, cancellationToken);
        return [.. left.Where(IsReady)];
    }

    /// <summary>
    /// Whether a face can be reported: it is decided, and where it is unknown it was looked for among the visitors, or that has failed
    /// for too long.
    /// </summary>
    public static bool IsReady(Follower face) =>
        face.Who is { } who && (who.Kind != IdentityKind.Unknown || face.VisitorFailures is 0 or >= VisitorTriesMax);

    private static IEnumerable<Identity> NamesOf(Follower face) => face.Ballot.Named.Append(face.Visitor).OfType<Identity>();

    private async Task<PadPolicy?> PadAsync(CancellationToken cancellationToken)
    {
        PadPolicy? policy =
            await _questions.AskAsync<PadPolicy?>(async () => await _naming.PadAsync(cancellationToken), cancellationToken);
        if (policy == PadPolicy.Require && _pipeline.Liveness is null)
        {
            _questions.Problem = "A live face is required, and this node has no model that tells one: nobody is named.";
        }

        return policy;
    }

    /// <summary>Finds faces, follows them, and embeds those that are worth it.</summary>
    private async Task<(FrameChoice Choice, PictureAnalysis Analysis)> AnalyseAsync(
        OfferedFrame offered, PadPolicy? pad, CancellationToken cancellationToken)
    {
        bool crop = await KeepsCropsAsync(cancellationToken);
        FrameChoice choice = FrameChoice.None;
        var frame = new FrameRequest(_settings.WidthMax, _settings.FaceSizeMin, found =>
        {
            choice = Choose(found, offered);
            return choice.ToEmbed(found.Faces.Count);
        });
        var request = new PictureRequest(
            Embed: true, EmbedNext: _pipeline.NextEmbedder is not null, Liveness: pad is not PadPolicy.Off, crop)
        {
            Frame = frame,
        };
        PictureAnalysis analysis = await _pipeline.AnalyseAsync(offered.Frame.Picture, request, cancellationToken);
        return (choice, analysis);
    }

    private async Task<bool> KeepsCropsAsync(CancellationToken cancellationToken) => _visitors is not null
        && await _questions.AskAsync<bool?>(async () => await _visitors.KeepsCropsAsync(cancellationToken), cancellationToken) == true;

    /// <summary>Moves the tracks on to the faces of a frame, and chooses the faces to embed.</summary>
    private FrameChoice Choose(FrameFaces found, OfferedFrame offered)
    {
        if (_scene is not null && found.Scene.IsOfAnotherScene(_scene))
        {
            _tracker.Doubt();
        }

        _scene = found.Scene;
        int[] counted = [.. Enumerable.Range(0, found.Faces.Count).Where(face => Counts(found, face)).Take(TrackingOptions.TracksMax)];
        FaceBox[] boxes = Array.ConvertAll(counted, face => found.Faces[face].Box);
        FaceTrack[] tracks = _tracker.Follow(offered.At, boxes);
        Follower[] followers = FollowersOf(tracks, offered);
        int[] chosen = [.. EmbedBudget.Choose(offered.At, followers, Array.ConvertAll(counted, face => found.Faces[face]))];
        foreach (int index in chosen)
        {
            (followers[index].AskedAt, followers[index].Asked) = (offered.At, followers[index].Asked + 1);
        }

        return new FrameChoice(counted, boxes, tracks, chosen);
    }

    private bool Counts(FrameFaces found, int index)
    {
        DetectedFace face = found.Faces[index];
        float x = (face.Box.X + (face.Box.Width / 2)) / found.Width, y = (face.Box.Y + (face.Box.Height / 2)) / found.Height;
        return face.Landmarks.SizePixels >= _settings.FaceSizeMin
            && (_settings.Zones.Length == 0 || Array.Exists(_settings.Zones, zone => zone.Contains(x, y)));
    }

    private bool IsValid(FaceShot shot) => shot.Face.Embedding is not null
        && _settings.Quality.ReasonsAgainst(AnalysedFaces.QualityOf(shot.Face), shot.Face.Confidence).Length == 0;

    private Follower[] FollowersOf(FaceTrack[] tracks, OfferedFrame offered) => Array.ConvertAll(tracks, track =>
    {
        if (!_followers.TryGetValue(track.Id, out Follower? follower))
        {
            _followers[track.Id] = follower = new Follower(track, offered.Frame.TakenAt);
        }

        return follower;
    });

    /// <summary>Compares the shots with their tracks. A track that went over to another face is replaced in the choice's tracks.</summary>
    private void Recognise(FrameChoice choice, FaceShot[] shots)
    {
        float[]?[] looks = new float[]?[choice.Tracks.Length];
        foreach (FaceShot shot in shots)
        {
            looks[shot.Index] = shot.Face.Embedding;
        }

        _tracker.Recognise(choice.Tracks, choice.Boxes, looks);
    }

    private async Task RememberAsync(Follower[] faces, FaceShot[] shots, OfferedFrame offered, CancellationToken cancellationToken)
    {
        foreach (FaceShot shot in shots)
        {
            Follower face = faces[shot.Index];
            float weight = ShotWeight.Of(shot.Face);
            face.Remember(shot.Face, weight);
            face.VoteWeight = weight * ShotWeight.OfNews(face.LastLook, shot.Face.Embedding!);
            face.LastLook = shot.Face.Embedding;
            if (weight > face.BestWeight * (face.Picture is null ? 1 : PictureBetter))
            {
                face.BestWeight = weight;
                face.Shot = (AnalysedFaces.QualityOf(shot.Face), shot.Face.Confidence);
                face.Picture = _settings.KeepPicture
                    ? await _pipeline.CutAsync(offered.Frame.Picture, shot.Face.Box, PictureSideMax, cancellationToken)
                    : null;
            }
        }
    }

    private async Task FindVisitorsAsync(Follower[] asked, Follower[] faces, CancellationToken cancellationToken)
    {
        if (_visitors is null)
        {
            return;
        }

        foreach (Follower face in asked.Where(face => face is { Visitor: null, Ballot.Verdict.Kind: IdentityKind.Unknown }))
        {
            HashSet<Identity> taken = [.. faces.Select(other => other.Visitor).OfType<Identity>()];
            Meeting? meeting = await _questions.AskAsync(
                async () => new Meeting(await _visitors.FindAsync(face, taken, cancellationToken)), cancellationToken);
            face.VisitorFailures = meeting is null ? face.VisitorFailures + 1 : 0;
            if (meeting?.Visitor is { } met)
            {
                face.Visitor = new Identity(IdentityKind.Visitor, _settings.Visitors, met.Visitor);
                face.VisitorDistance = met.Distance;
            }
        }
    }

    /// <summary>The visitor that a face is; null where no shot of it is good enough.</summary>
    private sealed record Meeting(MetVisitor? Visitor);
}
