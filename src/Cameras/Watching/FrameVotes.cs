using FaceGrid.Abstractions.Cameras;
using FaceGrid.Abstractions.Embedding;
using FaceGrid.Abstractions.Galleries;
using FaceGrid.Cameras.Recognition;
using FaceGrid.Cameras.Visits;
using FaceGrid.Grains.Embedding;
using FaceGrid.Vision;

namespace FaceGrid.Cameras.Watching;

/// <summary>Lets the shots of a frame vote on who the faces are.</summary>
/// <param name="settings">The camera's settings.</param>
/// <param name="pipeline">Says what its models think of a live face.</param>
/// <param name="naming">Asks the galleries.</param>
/// <param name="questions">Limits and measures the questions.</param>
internal sealed class FrameVotes(CameraSettings settings, FacePipeline pipeline, Naming naming, GridQuestions questions)
{
    /// <summary>Asks the galleries and counts the votes.</summary>
    /// <param name="faces">The faces of the frame that count.</param>
    /// <param name="shots">Those of them that were embedded and may vote.</param>
    /// <param name="pad">The policy against presentation attacks in force.</param>
    /// <param name="cancellationToken">Stops waiting; faces whose question was not answered have no vote.</param>
    /// <returns>When the votes are counted.</returns>
    public async Task CountAsync(Follower[] faces, FaceShot[] shots, PadPolicy pad, CancellationToken cancellationToken)
    {
        FaceShot[] asked = [.. shots.Where(shot => MayAsk(faces[shot.Index], shot, pad))];
        if (asked.Length == 0)
        {
            return;
        }

        if (settings.Galleries.Length == 0)
        {
            Array.ForEach(asked, shot => faces[shot.Index].Ballot.Add(VoteOf(Identity.Unknown, faces[shot.Index].VoteWeight, shot)));
            return;
        }

        (float[] First, float[]? Next)[] looks = Array.ConvertAll(asked, shot => (shot.Face.Embedding!, shot.Face.NextEmbedding));
        (List<Claim>[]? claims, float? threshold) =
            await questions.AskAsync(() => naming.AskAsync(looks, cancellationToken), cancellationToken);
        if (claims is not null)
        {
            Count(faces, asked, claims, threshold);
        }
    }

    /// <summary>Keeps two faces of a frame from being decided as the same person: the one that is nearer over its votes stays.</summary>
    /// <param name="faces">The faces of the frame.</param>
    public static void KeepApart(Follower[] faces)
    {
        IEnumerable<IGrouping<Identity, Follower>> rivals = faces
            .Where(face => face.Who is { Kind: IdentityKind.Person }).GroupBy(face => face.Who!).Where(group => group.Count() > 1);
        foreach (IGrouping<Identity, Follower> group in rivals.ToArray())
        {
            Follower[] byDistance =
                [.. group.OrderBy(face => face.Ballot.MeanDistanceTo(group.Key) ?? 2).ThenBy(face => face.Track.Id)];
            foreach (Follower loser in byDistance.Skip(1))
            {
                loser.Ballot.Deny(group.Key);
            }
        }
    }

    /// <summary>Whether galleries are asked about a shot. Where live faces are required, one that is not live gets its vote here.</summary>
    private bool MayAsk(Follower face, FaceShot shot, PadPolicy pad)
    {
        Liveness? liveness = LivenessOf(shot);
        if (pad != PadPolicy.Require || (liveness is not null && !PadRules.Rejects(liveness, pad)))
        {
            return true;
        }

        if (liveness is not null)
        {
            face.Ballot.Add(VoteOf(Identity.Spoof, face.VoteWeight, shot));
        }

        return false;
    }

    private void Count(Follower[] faces, FaceShot[] asked, List<Claim>[] claims, float? threshold)
    {
        // A face that was not asked about in this frame keeps its person, unless another face comes nearer to that person.
        Follower[] others = [.. faces.Where((face, index) =>
            face.Who is { Kind: IdentityKind.Person } && !Array.Exists(asked, shot => shot.Index == index))];
        IReadOnlyList<Claim>[] all = [.. claims, .. others.Select(ClaimOf)];
        Claim?[] granted = FaceClaims.Grant(all);
        for (int index = 0; index < asked.Length; index++)
        {
            Follower face = faces[asked[index].Index];
            face.Ballot.Add(VoteOf(face, asked[index], claims[index], granted[index], threshold));
        }
    }

    private static Claim[] ClaimOf(Follower face) =>
        [new Claim(face.Who!, face.Ballot.MeanDistanceTo(face.Who!) ?? 0, float.PositiveInfinity)];

    private Vote VoteOf(Follower face, FaceShot shot, List<Claim> claims, Claim? own, float? threshold)
    {
        Claim? nearest = claims.Count == 0 ? null : claims.MinBy(claim => claim.Distance);
        float? next = claims
            .Where(claim => own is { } mine && claim.Who != mine.Who && claim.Distance >= mine.Distance)
            .Select(claim => (float?)claim.Distance).Min();
        float? margin = next - own?.Distance;
        float weight = face.VoteWeight * (own is null ? 1 : ShotWeight.OfMargin(margin));
        return VoteOf(own?.Who ?? Identity.Unknown, weight, shot) with
        {
            Distance = (own ?? nearest)?.Distance,
            Threshold = own?.Threshold ?? threshold,
            Margin = margin,
        };
    }

    private Vote VoteOf(Identity who, float weight, FaceShot shot) =>
        new(who, weight, Liveness: LivenessOf(shot), FaceConfidence: shot.Face.Confidence);

    private Liveness? LivenessOf(FaceShot shot) => AnalysedFaces.LivenessOf(shot.Face, pipeline.Liveness);
}
