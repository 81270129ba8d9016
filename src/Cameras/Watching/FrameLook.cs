using System.Diagnostics;
using FaceGrid.Abstractions.Cameras;
using FaceGrid.Abstractions.Embedding;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Galleries;
using FaceGrid.Cameras.Recognition;
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
/// <param name="settings">The camera's settings.</param>
/// <param name="tools">What it works with.</param>
/// <param name="logger">Log.</param>
internal sealed partial class FrameLook(CameraSettings settings, CameraTools tools, ILogger logger)
{
    /// <summary>Longer side of a kept picture in pixels.</summary>
    private const int PictureSideMax = 320;

    /// <summary>A shot takes the place of the kept picture when it is better by this factor: each costs decoding the frame once more.</summary>
    private const float PictureBetter = 1.25f;

    /// <summary>How long an answer of the grid is waited for: a node that dies answers nobody, and frames pass meanwhile.</summary>
    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(3);

    /// <summary>A face that is out of sight for so long is decided with the votes there are.</summary>
    private static readonly TimeSpan CloseAfter = TimeSpan.FromSeconds(2);

    /// <summary>How often a visitor is looked for in vain before somebody unknown is told as just that.</summary>
    private const int VisitorTriesMax = 5;

    private readonly FaceTracker _tracker = new(TrackingOptions.For(tools.Pipeline.Embedder, settings.VisitGap));
    private readonly Naming _naming = new(settings, tools.Pipeline.ContractId, tools.Pipeline.NextEmbedder?.ContractId, tools.Maps, tools.Grains);
    private readonly VisitorFinder? _visitors = settings.Visitors is null ? null : new VisitorFinder(settings.Visitors, tools.Pipeline.ContractId, tools.Pipeline.NextEmbedder?.ContractId, tools.Maps, tools.Grains);
    private readonly Dictionary<int, Follower> _followers = [];
    private SceneSignature? _scene;
    private long _searching;

    /// <summary>What kept the last look from naming faces, in words; null for nothing.</summary>
    public string? Problem { get; private set; }

    /// <summary>Everybody whom a face in sight, or one that may come back, was taken for.</summary>
    public IEnumerable<Identity> Named => _followers.Values.SelectMany(face => face.Ballot.Named.Append(face.Visitor)).OfType<Identity>();

    /// <summary>Forgets faces that were taken for somebody, with their looks and pictures: each is somebody new in the next frame.</summary>
    /// <param name="gone">Who is not to be named any more.</param>
    public void Forget(IReadOnlySet<Identity> gone)
    {
        foreach (Follower face in _followers.Values.Where(face => face.Ballot.Named.Append(face.Visitor).OfType<Identity>().Any(gone.Contains)).ToArray())
        {
            _tracker.Forget(face.Track);
            _followers.Remove(face.Track.Id);
        }
    }

    /// <summary>Looks at a frame.</summary>
    /// <param name="offered">The frame.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What was found; the faces are null for a frame that could not be read.</returns>
    public async Task<(PictureAnalysis Analysis, Follower[]? Faces, TimeSpan Searching)> LookAsync(OfferedFrame offered, CancellationToken cancellationToken)
    {
        _searching = 0;
        Problem = null;
        PadPolicy? pad = await PadAsync(cancellationToken);
        bool crop = _visitors is not null && await SearchAsync<bool?>(async () => await _visitors.KeepsCropsAsync(cancellationToken), cancellationToken) == true;
        int[] counted = [];
        FaceBox[] boxes = [];
        FaceTrack[] tracks = [];
        int[] chosen = [];
        var frame = new FrameWishes(settings.WidthMax, settings.FaceSizeMin, found =>
        {
            IReadOnlyList<DetectedFace> faces = found.Faces;
            if (_scene is not null && found.Scene.IsOfAnotherScene(_scene))
            {
                _tracker.Doubt();
            }

            _scene = found.Scene;
            counted = [.. Enumerable.Range(0, faces.Count).Where(face => Counts(faces[face], found.Width, found.Height)).Take(TrackingOptions.TracksMax)];
            boxes = Array.ConvertAll(counted, face => faces[face].Box);
            tracks = _tracker.Follow(offered.At, boxes);
            Follower[] followers = Array.ConvertAll(tracks, track => FollowerOf(track, offered));
            bool[] wanted = new bool[faces.Count];
            chosen = [.. EmbedBudget.Choose(offered.At, followers, Array.ConvertAll(counted, face => faces[face]))];
            foreach (int index in chosen)
            {
                wanted[counted[index]] = true;
                (followers[index].AskedAt, followers[index].Asked) = (offered.At, followers[index].Asked + 1);
            }

            return wanted;
        });
        var request = new PictureRequest(Embed: true, EmbedNext: tools.Pipeline.NextEmbedder is not null, Liveness: pad is not PadPolicy.Off, crop) { Frame = frame };
        PictureAnalysis analysis = await tools.Pipeline.AnalyseAsync(offered.Frame.Picture, request, cancellationToken);
        if (analysis.Status != PictureStatus.Ok)
        {
            return (analysis, null, TimeSpan.Zero);
        }

        Shot[] shots = [.. chosen.Select(index => new Shot(index, analysis.Faces[counted[index]])).Where(IsValid)];
        Recognise(tracks, boxes, shots);
        Follower[] faces = Array.ConvertAll(tracks, track => FollowerOf(track, offered));
        Array.ForEach(faces, face => face.LastSeen = offered.Frame.TakenAt);
        await RememberAsync(faces, shots, offered, cancellationToken);
        if (pad is { } policy)
        {
            await VoteAsync(faces, shots, policy, cancellationToken);
        }

        KeepApart(faces);
        Array.ForEach(Array.FindAll(faces, face => face.Ballot.Verdict is not null), face => face.Track.Settle());
        await FindVisitorsAsync([.. faces.Where(face => face.AskedAt == offered.At)], faces, cancellationToken);
        return (analysis, faces, TimeSpan.FromTicks(_searching));
    }

    /// <summary>Faces that have left before they were decided, and now are; forgets those whose time is over.</summary>
    /// <param name="now">The camera's time.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<Follower[]> CloseAsync(TimeSpan now, CancellationToken cancellationToken)
    {
        HashSet<int> known = [.. _tracker.Tracks.Select(track => track.Id)];
        foreach (int gone in _followers.Keys.Where(id => !known.Contains(id)).ToArray())
        {
            _followers.Remove(gone);
        }

        Follower[] left = [.. _followers.Values.Where(follower => follower.Visit is null && now - follower.Track.LastSeen > CloseAfter)];
        Array.ForEach(left, follower => follower.Ballot.Close());
        left = [.. left.Where(follower => follower.Ballot.Verdict is not null)];
        await FindVisitorsAsync(left, left, cancellationToken);
        return [.. left.Where(IsReady)];
    }

    /// <summary>Whether there is something to tell of a face: it is decided, and who is unknown was looked for among the visitors, or that cannot be done for too long.</summary>
    public static bool IsReady(Follower face) => face.Who is { } who && (who.Kind != IdentityKind.Unknown || face.VisitorFailures is 0 or >= VisitorTriesMax);

    private bool Counts(DetectedFace face, int width, int height)
    {
        float x = (face.Box.X + (face.Box.Width / 2)) / width, y = (face.Box.Y + (face.Box.Height / 2)) / height;
        return face.Landmarks.SizePixels >= settings.FaceSizeMin && (settings.Zones.Length == 0 || Array.Exists(settings.Zones, zone => zone.Contains(x, y)));
    }

    private bool IsValid(Shot shot) =>
        shot.Face.Embedding is not null && settings.Quality.ReasonsAgainst(AnalysedFaces.QualityOf(shot.Face), shot.Face.Confidence).Length == 0;

    private Follower FollowerOf(FaceTrack track, OfferedFrame offered)
    {
        if (!_followers.TryGetValue(track.Id, out Follower? follower))
        {
            _followers[track.Id] = follower = new Follower(track, offered.Frame.TakenAt);
        }

        return follower;
    }

    private void Recognise(FaceTrack[] tracks, FaceBox[] boxes, Shot[] shots)
    {
        float[]?[] looks = new float[]?[tracks.Length];
        foreach (Shot shot in shots)
        {
            looks[shot.Index] = shot.Face.Embedding;
        }

        _tracker.Recognise(tracks, boxes, looks);
    }

    private async Task RememberAsync(Follower[] faces, Shot[] shots, OfferedFrame offered, CancellationToken cancellationToken)
    {
        foreach (Shot shot in shots)
        {
            Follower follower = faces[shot.Index];
            float weight = ShotWeight.Of(shot.Face);
            follower.Remember(shot.Face, weight);
            (follower.VoteWeight, follower.LastLook) = (weight * ShotWeight.OfNews(follower.LastLook, shot.Face.Embedding!), shot.Face.Embedding);
            if (weight > follower.BestWeight * (follower.Picture is null ? 1 : PictureBetter))
            {
                follower.BestWeight = weight;
                follower.Shot = (AnalysedFaces.QualityOf(shot.Face), shot.Face.Confidence);
                follower.Picture = settings.KeepPicture ? await tools.Pipeline.CutAsync(offered.Frame.Picture, shot.Face.Box, PictureSideMax, cancellationToken) : null;
            }
        }
    }

    /// <summary>Asks the galleries and counts the votes.</summary>
    private async Task VoteAsync(Follower[] faces, Shot[] shots, PadPolicy pad, CancellationToken cancellationToken)
    {
        // A face that is no live one is not searched for.
        var asked = new List<Shot>();
        foreach (Shot shot in shots)
        {
            Liveness? liveness = AnalysedFaces.LivenessOf(shot.Face, tools.Pipeline.Liveness);
            if (pad == PadPolicy.Require && (liveness is null || PadRules.Rejects(liveness, pad)))
            {
                if (liveness is not null)
                {
                    faces[shot.Index].Ballot.Add(new Vote(Identity.Spoof, faces[shot.Index].VoteWeight, Liveness: liveness, FaceConfidence: shot.Face.Confidence));
                }

                continue;
            }

            asked.Add(shot);
        }

        if (asked.Count == 0)
        {
            return;
        }

        if (settings.Galleries.Length == 0)
        {
            asked.ForEach(shot => faces[shot.Index].Ballot.Add(new Vote(Identity.Unknown, faces[shot.Index].VoteWeight, Liveness: AnalysedFaces.LivenessOf(shot.Face, tools.Pipeline.Liveness), FaceConfidence: shot.Face.Confidence)));
            return;
        }

        (List<Claim>[]? claims, float? threshold) = await SearchAsync(() => _naming.AskAsync([.. asked.Select(shot => (shot.Face.Embedding!, shot.Face.NextEmbedding))], cancellationToken), cancellationToken);
        if (claims is not null)
        {
            Count(faces, asked, claims, threshold);
        }
    }

    private void Count(Follower[] faces, List<Shot> asked, List<Claim>[] claims, float? threshold)
    {
        // Faces that were not asked about in this frame keep whom they have, unless somebody comes nearer.
        Follower[] others = [.. faces.Where((face, index) => face.Who is { Kind: IdentityKind.Person } && !asked.Exists(shot => shot.Index == index))];
        IReadOnlyList<Claim>[] all = [.. claims, .. others.Select(face => (Claim[])[new Claim(face.Who!, face.Ballot.MeanDistanceTo(face.Who!) ?? 0, float.PositiveInfinity)])];
        Claim?[] granted = FaceClaims.Grant(all);
        for (int index = 0; index < asked.Count; index++)
        {
            Claim? nearest = claims[index].Count == 0 ? null : claims[index].MinBy(claim => claim.Distance);
            Claim? own = granted[index];
            float? next = claims[index].Where(claim => own is { } mine && claim.Who != mine.Who && claim.Distance >= mine.Distance).Select(claim => (float?)claim.Distance).Min();
            float? margin = next - own?.Distance;
            AnalysedFace face = asked[index].Face;
            faces[asked[index].Index].Ballot.Add(new Vote(
                own?.Who ?? Identity.Unknown,
                faces[asked[index].Index].VoteWeight * (own is null ? 1 : ShotWeight.OfMargin(margin)),
                (own ?? nearest)?.Distance,
                own?.Threshold ?? threshold,
                margin,
                AnalysedFaces.LivenessOf(face, tools.Pipeline.Liveness),
                face.Confidence));
        }
    }

    /// <summary>No two faces of a frame are decided to be the same person: the nearer one, over its votes, stays.</summary>
    private static void KeepApart(Follower[] faces)
    {
        IEnumerable<IGrouping<Identity, Follower>> rivals = faces.Where(face => face.Who is { Kind: IdentityKind.Person }).GroupBy(face => face.Who!).Where(group => group.Count() > 1);
        foreach (IGrouping<Identity, Follower> group in rivals.ToArray())
        {
            foreach (Follower loser in group.OrderBy(face => face.Ballot.MeanDistanceTo(group.Key) ?? 2).ThenBy(face => face.Track.Id).Skip(1).ToArray())
            {
                loser.Ballot.Deny(group.Key);
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
            Meeting? meeting = await SearchAsync(async () => new Meeting(await _visitors.FindAsync(face, taken, cancellationToken)), cancellationToken);
            face.VisitorFailures = meeting is null ? face.VisitorFailures + 1 : 0;
            if (meeting?.Visitor is { } met)
            {
                (face.Visitor, face.VisitorDistance) = (new Identity(IdentityKind.Visitor, settings.Visitors, met.Visitor), met.Distance);
            }
        }
    }

    private async Task<PadPolicy?> PadAsync(CancellationToken cancellationToken)
    {
        PadPolicy? policy = await SearchAsync<PadPolicy?>(async () => await _naming.PadAsync(cancellationToken), cancellationToken);
        if (policy == PadPolicy.Require && tools.Pipeline.Liveness is null)
        {
            Problem = "A live face is required, and this node has no model that tells one: nobody is named.";
        }

        return policy;
    }

    /// <summary>Asks the grid; a frame whose question is not answered has no votes, and the next one asks again.</summary>
    private async Task<T?> SearchAsync<T>(Func<Task<T>> ask, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        try
        {
            return await ask().WaitAsync(AnswerTime, tools.Time, cancellationToken);
        }
        catch (Exception failure) when (failure is OrleansException or TimeoutException || (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            Problem = failure is FaceGridException problem ? problem.Message : "The galleries do not answer.";
            LogNotAsked(logger, failure);
            return default;
        }
        finally
        {
            _searching += Stopwatch.GetElapsedTime(start).Ticks;
        }
    }

    /// <summary>Whom the gallery of visitors says that a face is; nobody, where no shot of it is good enough.</summary>
    private sealed record Meeting(MetVisitor? Visitor);

    /// <summary>A face that was embedded.</summary>
    /// <param name="Index">Index among the faces that count.</param>
    /// <param name="Face">What was measured.</param>
    private sealed record Shot(int Index, AnalysedFace Face);

    [LoggerMessage(1, LogLevel.Debug, "The galleries did not say who somebody is")]
    private static partial void LogNotAsked(ILogger logger, Exception cause);
}
