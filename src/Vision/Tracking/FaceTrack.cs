using System.Numerics;

namespace FaceGrid.Vision.Tracking;

/// <summary>One face followed through the frames of a camera. Only its <see cref="FaceTracker"/> updates its position.</summary>
public sealed class FaceTrack
{
    /// <summary>Most shots whose embeddings are kept. There are several because people look different from the side.</summary>
    private const int LooksMax = 6;

    /// <summary>
    /// Count of shots during which a new track may still turn out to be a lost one. When a person comes back, the first shot is often poor.
    /// After a few shots it is known who the person is.
    /// </summary>
    private const int YoungLooks = 4;

    /// <summary>
    /// Part of the prediction error of a face's position that its velocity takes over. It smooths the jitter of detections.
    /// </summary>
    private const float VelocityGain = 0.5f;

    /// <summary>A face out of sight is expected to move on for this time and then to stay.</summary>
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

    /// <summary>Number of the track. It grows with each track, and a tracker never uses it again.</summary>
    public int Id { get; }

    /// <summary>Where the face was seen last.</summary>
    public FaceBox Box { get; private set; }

    /// <summary>When it was seen first, on the clock of the tracker's caller.</summary>
    public TimeSpan FirstSeen { get; private set; }

    /// <summary>When it was seen last.</summary>
    public TimeSpan LastSeen { get; private set; }

    /// <summary>Frames in which it was seen.</summary>
    public int Frames { get; private set; }

    /// <summary>
    /// False after a jump: the face is within reach of the track but not where it was expected, and no shot has shown yet that it is the
    /// same face. At a cut or in a crowd, another face may have taken its place.
    /// </summary>
    public bool IsSure { get; private set; } = true;

    /// <summary>True when there is an embedding to compare with.</summary>
    public bool HasLooks => _looks.Count > 0;

    /// <summary>True while the track may turn out to be a lost one: it has few shots and is not settled.</summary>
    internal bool IsYoung => !_isSettled && _looks.Count < YoungLooks;

    /// <summary>The embeddings of its best shots, the best first.</summary>
    public IEnumerable<float[]> Looks => _looks.OrderByDescending(look => look.Weight).Select(look => look.Look);

    /// <summary>Declares that it is known whose face this is. The track is no longer taken for a lost one.</summary>
    public void Settle() => _isSettled = true;

    /// <summary>Keeps a shot. When there are too many, the worst one is dropped.</summary>
    /// <param name="look">Its embedding, a unit vector. The array is kept.</param>
    /// <param name="weight">How good the shot is, 0 to 1.</param>
    public void Remember(float[] look, float weight)
    {
        IsSure = true;
        _looks.Add((look, weight));
        if (_looks.Count > LooksMax)
        {
            // The newest shot is never dropped, even if it is poor, because it shows what the face looks like now.
            int worst = 0;
            for (int index = 1; index < _looks.Count - 1; index++)
            {
                worst = _looks[index].Weight < _looks[worst].Weight ? index : worst;
            }

            _looks.RemoveAt(worst);
        }
    }

    /// <summary>Computes the distance to the nearest kept shot, 0 to 2.</summary>
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

    /// <summary>Predicts where the face is.</summary>
    internal FaceBox Expected(TimeSpan now)
    {
        float seconds = (float)Math.Min((now - LastSeen).TotalSeconds, CoastFor.TotalSeconds);
        return Box with { X = Box.X + (_velocity.X * seconds), Y = Box.Y + (_velocity.Y * seconds) };
    }

    /// <summary>Records that the face was seen.</summary>
    /// <param name="box">Where it was seen.</param>
    /// <param name="now">When it was seen.</param>
    /// <param name="jumped">True when it was not where it was expected.</param>
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
            _velocity = default; // After such a gap, the distance covered says nothing about the current velocity.
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

    /// <summary>Records that another face may have taken its place. A track without embeddings stays as it is.</summary>
    internal void Doubt() => IsSure &= !HasLooks;

    /// <summary>Undoes the last <see cref="See"/>, because the face was another person's.</summary>
    internal void Unsee() => (Box, _velocity, LastSeen, Frames) = _before;

    /// <summary>Continues this track with a newer track of the same face.</summary>
    internal void Continue(FaceTrack newer)
    {
        int frames = Frames + newer.Frames;
        See(newer.Box, newer.LastSeen); // Not a jump: the faces were matched by their embeddings.
        (_velocity, Frames) = (newer._velocity, frames);
    }
}
