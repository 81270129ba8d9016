using System.Numerics;

namespace FaceGrid.Vision.Tracking;

/// <summary>
/// Follows faces from frame to frame. The first step is motion: each track moves on with a constant velocity, and all faces are assigned to
/// the nearest tracks together (<see cref="Assignment"/>). The second step is appearance, for faces with an embedding. A face that cannot
/// be the tracked one is removed from its track. A face without a track, or with a new one, continues a lost track that looks like it. So
/// two people whose paths cross keep their tracks, and so does a person who walks behind a pillar.
/// </summary>
/// <param name="options">Distances, and how long lost faces are remembered.</param>
/// <remarks>Not safe for concurrent use. The caller provides the time, from any clock that does not go back.</remarks>
public sealed class FaceTracker(TrackingOptions options)
{
    /// <summary>
    /// How far a face may be from where it is expected, in sides of its box: at once, and in addition for each second that it was not seen.
    /// </summary>
    private const float GateSides = 0.8f, GateSidesPerSecond = 2.5f;

    /// <summary>Largest factor by which the side of a box may change.</summary>
    private const float SizeRatioMax = 1.8f;

    /// <summary>
    /// Cost (see <see cref="Cost"/>) above which a face has jumped: it is half a side away, or the side of its box is 1.65 times as long or
    /// as short. A walking person stays closer to where they are expected.
    /// </summary>
    private const double JumpCost = 0.5;

    /// <summary>How long a lost face may be found again by its position. After that it can only be found by its embedding.</summary>
    private static readonly TimeSpan MotionFor = TimeSpan.FromSeconds(2);

    private readonly List<FaceTrack> _tracks = [];
    private TimeSpan _frameBefore = TimeSpan.MinValue, _now = TimeSpan.MinValue;
    private int _made;

    /// <summary>All tracks: those seen in the last frame, and lost ones that are remembered.</summary>
    public IReadOnlyList<FaceTrack> Tracks => _tracks;

    /// <summary>Records a cut to another scene. No track is sure until a shot shows its face again.</summary>
    public void Doubt() => _tracks.ForEach(track => track.Doubt());

    /// <summary>Removes a track and its embeddings. The same face then begins a new track.</summary>
    /// <param name="track">One of <see cref="Tracks"/>.</param>
    public void Forget(FaceTrack track) => _tracks.Remove(track);

    /// <summary>Assigns a track to each face of a frame, by motion. A face that fits no track begins a new one.</summary>
    /// <param name="now">When the frame was taken. It must not be before the frame of the last call.</param>
    /// <param name="boxes">The boxes of the faces, at most <see cref="TrackingOptions.TracksMax"/>.</param>
    /// <returns>One track per face.</returns>
    public FaceTrack[] Follow(TimeSpan now, IReadOnlyList<FaceBox> boxes)
    {
        ArgumentNullException.ThrowIfNull(boxes);
        (_frameBefore, _now) = (_now, now);
        _tracks.RemoveAll(track => now - track.LastSeen > options.LostFor);
        var found = new FaceTrack?[boxes.Count];

        // Tracks of the previous frame go first: a lost track must not take the face of a track that is still there.
        Match(found, boxes, [.. _tracks.Where(track => track.LastSeen == _frameBefore)]);
        Match(found, boxes, [.. _tracks.Where(track => track.LastSeen < _frameBefore && now - track.LastSeen <= MotionFor)]);
        FaceTrack[] tracks = [.. found.Select((track, face) => track ?? Begin(boxes[face]))];
        Bound();
        return tracks;
    }

    /// <summary>Corrects the tracks of the last frame by appearance.</summary>
    /// <param name="tracks">The result of <see cref="Follow"/>. Wrong tracks are replaced in place.</param>
    /// <param name="boxes">The boxes of the same faces.</param>
    /// <param name="looks">The embedding of each face, a unit vector; null when there is none or the shot is too poor.</param>
    public void Recognise(FaceTrack[] tracks, IReadOnlyList<FaceBox> boxes, IReadOnlyList<float[]?> looks)
    {
        ArgumentNullException.ThrowIfNull(tracks);
        ArgumentNullException.ThrowIfNull(boxes);
        ArgumentNullException.ThrowIfNull(looks);
        bool[] homeless = new bool[tracks.Length];
        bool[] fresh = new bool[tracks.Length];
        for (int face = 0; face < tracks.Length; face++)
        {
            fresh[face] = looks[face] is not null && tracks[face].IsYoung;
            homeless[face] = looks[face] is { } look
                && tracks[face].HasLooks
                && tracks[face].DistanceTo(look) > (tracks[face].IsSure ? options.OtherDistance : options.SameDistance);
        }

        for (int face = 0; face < tracks.Length; face++)
        {
            if (homeless[face])
            {
                tracks[face].Unsee();
            }
        }

        // A track is free when no face of this frame holds it.
        int[] asking = [.. Enumerable.Range(0, tracks.Length).Where(face => homeless[face] || fresh[face])];
        HashSet<FaceTrack> held = [.. tracks.Where((_, face) => !homeless[face])];
        FaceTrack[] free = [.. _tracks.Where(track => track.HasLooks && !held.Contains(track))];
        double[,] cost = new double[asking.Length, free.Length];
        for (int row = 0; row < asking.Length; row++)
        {
            for (int column = 0; column < free.Length; column++)
            {
                float distance = free[column].DistanceTo(looks[asking[row]]!);
                cost[row, column] = distance <= options.SameDistance ? distance : double.PositiveInfinity;
            }
        }

        int[] columns = Assignment.Solve(cost);
        for (int row = 0; row < asking.Length; row++)
        {
            Settle(tracks, boxes, asking[row], columns[row] < 0 ? null : free[columns[row]], homeless[asking[row]]);
        }
    }

    private void Settle(FaceTrack[] tracks, IReadOnlyList<FaceBox> boxes, int face, FaceTrack? known, bool homeless)
    {
        if (homeless)
        {
            known?.See(boxes[face], _now);
            tracks[face] = known ?? Begin(boxes[face]);
        }
        else if (known is not null)
        {
            known.Continue(tracks[face]);
            _tracks.Remove(tracks[face]);
            tracks[face] = known;
        }
    }

    private void Match(FaceTrack?[] found, IReadOnlyList<FaceBox> boxes, FaceTrack[] candidates)
    {
        int[] open = [.. Enumerable.Range(0, boxes.Count).Where(face => found[face] is null)];
        double[,] cost = new double[open.Length, candidates.Length];
        for (int column = 0; column < candidates.Length; column++)
        {
            FaceBox expected = candidates[column].Expected(_now);
            float unseen = (float)(_now - candidates[column].LastSeen).TotalSeconds;
            for (int row = 0; row < open.Length; row++)
            {
                cost[row, column] = Cost(boxes[open[row]], expected, unseen);
            }
        }

        int[] columns = Assignment.Solve(cost);
        for (int row = 0; row < open.Length; row++)
        {
            if (columns[row] >= 0)
            {
                found[open[row]] = candidates[columns[row]];
                candidates[columns[row]].See(boxes[open[row]], _now, jumped: cost[row, columns[row]] > JumpCost);
            }
        }
    }

    /// <summary>
    /// Computes how badly a face fits the expected position of a track: the distance of the centres in sides of the box, plus the
    /// logarithm of the ratio of their sides. It is infinite outside the gate.
    /// </summary>
    private static double Cost(FaceBox box, FaceBox expected, float unseen)
    {
        float side = MathF.Sqrt(box.Area), expectedSide = MathF.Sqrt(expected.Area);
        float ratio = Math.Max(side, expectedSide) / Math.Min(side, expectedSide);
        var between = new Vector2(
            box.X + (box.Width / 2) - expected.X - (expected.Width / 2), box.Y + (box.Height / 2) - expected.Y - (expected.Height / 2));
        float sides = between.Length() / ((side + expectedSide) / 2);
        return sides <= GateSides + (GateSidesPerSecond * unseen) && ratio <= SizeRatioMax
            ? sides + MathF.Log(ratio)
            : double.PositiveInfinity;
    }

    private FaceTrack Begin(FaceBox box)
    {
        var track = new FaceTrack(++_made, box, _now);
        _tracks.Add(track);
        return track;
    }

    private void Bound()
    {
        foreach (
            FaceTrack longest in _tracks.Where(track => track.LastSeen < _now)
                .OrderBy(track => track.LastSeen)
                .Take(_tracks.Count - TrackingOptions.TracksMax)
                .ToArray())
        {
            _tracks.Remove(longest);
        }
    }
}
