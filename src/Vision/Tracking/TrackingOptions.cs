using FaceGrid.Models;

namespace FaceGrid.Vision.Tracking;

/// <summary>How faces are followed. The distances depend on the embedder; <see cref="For"/> derives them from its calibration.</summary>
/// <param name="SameDistance">At or below it a face that comes back is the one that was lost: distance of unit vectors, 0 to 2.</param>
/// <param name="OtherDistance">
/// Above it a face that is where a track went on is not the tracked one, 0 to 2, not below <paramref name="SameDistance"/>.
/// </param>
/// <param name="LostFor">How long somebody who is out of sight is remembered.</param>
public sealed record TrackingOptions(float SameDistance, float OtherDistance, TimeSpan LostFor)
{
    /// <summary>Most tracks, seen and remembered; the longest lost are forgotten first. Bounds the time of an assignment.</summary>
    public const int TracksMax = 256;

    /// <summary>False match rate of taking a face that appears for one that was lost: there are few lost ones to take it for.</summary>
    private const double SameRate = 1e-3;

    /// <summary>
    /// Share of other people who are no farther than <see cref="OtherDistance"/>: nine of ten changes are noticed in the first shot, and
    /// a poor shot of the same person is seldom farther.
    /// </summary>
    private const double OtherRate = 0.1;

    // Where an embedder has no calibration: the distances at which most embedders of unit vectors tell people apart, on the careful side.
    private const float SameDefault = 1.0f, OtherDefault = 1.25f;

    /// <summary>Options for an embedder.</summary>
    /// <param name="embedder">Its profile.</param>
    /// <param name="lostFor">See <see cref="LostFor"/>.</param>
    public static TrackingOptions For(EmbedderProfile embedder, TimeSpan lostFor)
    {
        ArgumentNullException.ThrowIfNull(embedder);
        return embedder.Calibration?.Impostor is { } model
            ? new(model.DistanceAt(SameRate), model.DistanceAt(OtherRate), lostFor)
            : new(SameDefault, OtherDefault, lostFor);
    }
}
