using FaceGrid.Models;

namespace FaceGrid.Vision.Tracking;

/// <summary>How faces are followed. The distances depend on the embedder; <see cref="For"/> derives them from its calibration.</summary>
/// <param name="SameDistance">At or below this distance a face that appears is the one that was lost. Unit vectors, 0 to 2.</param>
/// <param name="OtherDistance">
/// Above this distance a face in the place of a track is not the tracked one. Unit vectors, 0 to 2, not below
/// <paramref name="SameDistance"/>.
/// </param>
/// <param name="LostFor">How long a face that is out of sight is remembered.</param>
public sealed record TrackingOptions(float SameDistance, float OtherDistance, TimeSpan LostFor)
{
    /// <summary>
    /// Most tracks, seen and remembered. The track that was lost for the longest time is dropped first. This bounds the time of an
    /// assignment.
    /// </summary>
    public const int TracksMax = 256;

    /// <summary>
    /// False match rate when a face that appears is compared with a lost one. It may be this high because there are few lost faces.
    /// </summary>
    private const double SameRate = 1e-3;

    /// <summary>
    /// Share of other people whose distance is at most <see cref="OtherDistance"/>. So nine of ten changes are noticed in the first shot,
    /// and a poor shot of the same person is seldom farther away.
    /// </summary>
    private const double OtherRate = 0.1;

    // For an embedder without a calibration: cautious values for the distances at which most embedders of unit vectors tell people apart.
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
