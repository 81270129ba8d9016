using System.Numerics;

namespace FaceGrid.Vision.Tracking;

/// <summary>One face followed through the frames of a camera. Changed by its <see cref="FaceTracker"/> only.</summary>
public sealed class FaceTrack
{
    /// <summary>Shots whose embeddings are remembered: people look different from the side.</summary>
    private const int LooksMax = 6;

    /// <summary>
    /// Shots during which a new track may turn out to be a lost one: the first after somebody has come back is often a poor one, and
    /// after a few it is known who it is.
    /// </summary>
    private const int YoungLooks = 4;

    /// <summary>
    /// Share of the difference between where a face was expected and where it is that its velocity takes over; smooths the jitter of
    /// detections.
    /// </summary>
    private const float VelocityGain = 0.5f;

    /// <summary>A face out of sight is expected to go on for so long and then to stay.</summary>
    private static readonly TimeSpan CoastFor = TimeSpan.FromSeconds(1);

    private readonly List<(float[] Look, float Weight)> _looks = [];
    private Vector2 _velocity;
    private bool _isSettled;
    private (FaceBox Box, Vector2 Velocity, TimeSpan LastSeen, int Frames) _before;

    internal FaceTrack(int id, FaceBox box, TimeSpan now)
    {
        Id = id;
        Box = box;
        FirstSeen = LastSeen = now;
        Frames = 1;
        _before = (box, default, now, 1);
    }

    /// <summary>Number of the track; grows, never given again by the same tracker.</summary>
    public int Id { get; }

    /// <summary>Where the face was seen last.</summary>
    public FaceBox Box { get; private set; }

    /// <summary>When it was seen first, on the clock that the tracker is given.</summary>
    public TimeSpan FirstSeen { get; private set; }

    /// <summary>When it was seen last.</summary>
    public TimeSpan LastSeen { get; private set; }

    /// <summary>Frames in which it was seen.</summary>
    public int Frames { get; private set; }

    /// <summary>
    /// False after a jump: the face is where the track may have gone on, but not where it was expected, and no shot has shown yet that it
    /// is the same one. Another face may have taken its place, at a cut or in a crowd.
    /// </summary>
    public bool IsSure { get; private set; } = true;

    /// <summary>True when there is an embedding to compare with.</summary>
    public bool HasLooks => _looks.Count > 0;

    /// <summary>True while it may turn out to be one that was lost: it has few shots, and is not settled.</summary>
    internal bool IsYoung => !_isSettled && _looks.Count < YoungLooks;

    /// <summary>The embeddings of its best shots, the best first.</summary>
    public IEnumerable<float[]> Looks => _looks.OrderByDescending(look => look.Weight).Select(look => look.Look);

    /// <summary>Somebody relies on the track, because it is known whose it is: it is not taken for a lost one any more.</summary>
    public void Settle() => _isSettled = true;

    /// <summary>Remembers a shot; the worst of too many is forgotten.</summary>
    /// <param name="look">Its embedding, a unit vector; kept.</param>
    /// <param name="weight">How good the shot is, 0 to 1.</param>
    public void Remember(float[] look, float weight)
    {
        IsSure = true;
        _looks.Add((look, weight));
        if (_looks.Count > LooksMax)
        {
            // The newest stays for now, good or not: it is what the face looks like at this moment.
            int worst = 0;
            for (int index = 1; index < _looks.Count - 1; index++)
            {
                worst = _looks[index].Weight < _looks[worst].Weight ? index : worst;
            }

            _looks.RemoveAt(worst);
        }
    }

    /// <summary>Distance to the nearest remembered shot, 0 to 2.</summary>
    internal float DistanceTo(float[] look)
    {
        float least = float.PositiveInfinity;
        foreach ((float[] known, _) in _looks)
        {
            float squared = 0;
            for (int index = 0; index < known.Length; index++)
            {
                float difference = known[index] - look[index];
                squared += difference * difference;
            }

            least = Math.Min(least, squared);
        }

        return MathF.Sqrt(least);
    }

    /// <summary>Where the face is expected.</summary>
    internal FaceBox Expected(TimeSpan now)
    {
        float seconds = (float)Math.Min((now - LastSeen).TotalSeconds, CoastFor.TotalSeconds);
        return Box with { X = Box.X + (_velocity.X * seconds), Y = Box.Y + (_velocity.Y * seconds) };
    }

    /// <summary>The face was seen.</summary>
    /// <param name="box">Where.</param>
    /// <param name="now">When.</param>
    /// <param name="jumped">True when that is not where it was expected.</param>
    internal void See(FaceBox box, TimeSpan now, bool jumped = false)
    {
        if (jumped)
        {
            Doubt();
        }

        _before = (Box, _velocity, LastSeen, Frames);
        float seconds = (float)(now - LastSeen).TotalSeconds;
        if (seconds > (float)CoastFor.TotalSeconds)
        {
            _velocity = default; // What it did meanwhile says nothing about where it goes.
        }
        else if (seconds > 0)
        {
            FaceBox expected = Expected(now);
            _velocity += VelocityGain / seconds * new Vector2(
                box.X + (box.Width / 2) - expected.X - (expected.Width / 2), box.Y + (box.Height / 2) - expected.Y - (expected.Height / 2));
        }

        (Box, LastSeen) = (box, now);
        Frames++;
    }

    /// <summary>Another face may have taken its place. Without looks there is nothing that it could be taken for.</summary>
    internal void Doubt() => IsSure &= !HasLooks;

    /// <summary>It was somebody else: back to how it was before the last <see cref="See"/>.</summary>
    internal void Unsee() => (Box, _velocity, LastSeen, Frames) = _before;

    /// <summary>Goes on where a new track of the same face is.</summary>
    internal void Continue(FaceTrack newer)
    {
        int frames = Frames + newer.Frames;
        See(newer.Box, newer.LastSeen); // By what it looks like.
        (_velocity, Frames) = (newer._velocity, frames);
    }
}
