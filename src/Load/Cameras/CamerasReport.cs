using FaceGrid.Load.Requests;

namespace FaceGrid.Load.Cameras;

/// <summary>What <c>facegrid bench cameras</c> found. Counts are of the measured time and of all cameras together.</summary>
/// <param name="Cameras">Cameras.</param>
/// <param name="FramesPerSecond">Frames per second of each.</param>
/// <param name="Seconds">Measured time.</param>
/// <param name="Sent">Frames sent, or null when cameras fetched them.</param>
/// <param name="NotSent">Frames that were due while the one before was still on its way.</param>
/// <param name="Refused">Frames that the gateway did not take.</param>
/// <param name="Processed">Frames that were looked at.</param>
/// <param name="Dropped">Frames that were not, because they came faster than the node can look.</param>
/// <param name="Unusable">Frames that were no pictures.</param>
/// <param name="Begun">Visits that were told to begin.</param>
/// <param name="Ended">Visits that were told to end.</param>
/// <param name="FrameToEvent">From the taking of the frame that decided a visit to the event that tells it, here; milliseconds.</param>
/// <param name="Stages">Where the time of frames went.</param>
/// <param name="ProcessorSeconds">Processor time of the node that was asked; not of its ffmpegs, and not of other nodes.</param>
/// <param name="Memory">Its working set over time.</param>
internal sealed record CamerasReport(
    int Cameras,
    double FramesPerSecond,
    double Seconds,
    long? Sent,
    long NotSent,
    long Refused,
    long Processed,
    long Dropped,
    long Unusable,
    long Begun,
    long Ended,
    LoadLatency FrameToEvent,
    IReadOnlyList<StageTime> Stages,
    double ProcessorSeconds,
    IReadOnlyList<MemorySample> Memory)
{
    /// <summary>Frames looked at, of all that came.</summary>
    public double ProcessedShare => Processed + Dropped + Unusable is var all and > 0 ? (double)Processed / all : 0;

    /// <summary>Processor seconds per camera and second.</summary>
    public double ProcessorSecondsPerCameraSecond => ProcessorSeconds / Cameras / Seconds;

    /// <summary>Processor seconds per frame that was looked at.</summary>
    public double ProcessorSecondsPerFrame => Processed > 0 ? ProcessorSeconds / Processed : 0;
}

/// <summary>Time of frames in one stage.</summary>
/// <param name="Stage"><c>wait</c>, <c>decode</c>, <c>detect</c>, <c>embed</c>, <c>search</c> or <c>other</c>.</param>
/// <param name="MillisecondsPerFrame">For each frame that was looked at.</param>
/// <param name="Share">
/// Of the time of all stages but <c>wait</c>, in which no work is done; 0 to 1. For <c>wait</c> itself: how much longer it took than all
/// work.
/// </param>
internal sealed record StageTime(string Stage, double MillisecondsPerFrame, double Share);

/// <summary>Memory at one moment.</summary>
/// <param name="AtSeconds">Seconds since the measured time began.</param>
/// <param name="Bytes">Working set.</param>
internal sealed record MemorySample(double AtSeconds, long Bytes);
