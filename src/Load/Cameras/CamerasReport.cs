using FaceGrid.Load.Requests;

namespace FaceGrid.Load.Cameras;

/// <summary>What <c>facegrid bench cameras</c> found. The counts cover the measured time and all cameras together.</summary>
/// <param name="Cameras">Cameras.</param>
/// <param name="FramesPerSecond">Frames per second of each.</param>
/// <param name="Seconds">Measured time.</param>
/// <param name="Sent">Frames sent, or null when cameras fetched them.</param>
/// <param name="NotSent">Frames that became due while the frame before them was still in flight.</param>
/// <param name="Refused">Frames that the gateway did not take.</param>
/// <param name="Processed">Frames that the node processed.</param>
/// <param name="Dropped">Frames that the node did not process, because they came faster than it can work.</param>
/// <param name="Unusable">Frames that were no pictures.</param>
/// <param name="Begun">Visits whose beginning was reported.</param>
/// <param name="Ended">Visits whose end was reported.</param>
/// <param name="FrameToEvent">
/// Milliseconds from the capture of the frame that decided a visit to the moment when its event arrives at this program.
/// </param>
/// <param name="Stages">How the time of frames is divided into stages.</param>
/// <param name="ProcessorSeconds">
/// Processor time of the node that was asked. It includes neither the node's ffmpeg processes nor other nodes.
/// </param>
/// <param name="Memory">The working set of that node over time.</param>
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
    /// <summary>Share of processed frames in all frames that came.</summary>
    public double ProcessedShare => Processed + Dropped + Unusable is var all and > 0 ? (double)Processed / all : 0;

    /// <summary>Processor seconds per camera and second.</summary>
    public double ProcessorSecondsPerCameraSecond => ProcessorSeconds / Cameras / Seconds;

    /// <summary>Processor seconds per processed frame.</summary>
    public double ProcessorSecondsPerFrame => Processed > 0 ? ProcessorSeconds / Processed : 0;
}

/// <summary>Time of frames in one stage.</summary>
/// <param name="Stage"><c>wait</c>, <c>decode</c>, <c>detect</c>, <c>embed</c>, <c>search</c> or <c>other</c>.</param>
/// <param name="MillisecondsPerFrame">Milliseconds for each processed frame.</param>
/// <param name="Share">
/// Share in the time of all stages but <c>wait</c>, 0 to 1. No work is done in <c>wait</c>. For <c>wait</c> itself: its time divided by the
/// time of all work.
/// </param>
internal sealed record StageTime(string Stage, double MillisecondsPerFrame, double Share);

/// <summary>Memory at one moment.</summary>
/// <param name="AtSeconds">Seconds since the measured time began.</param>
/// <param name="Bytes">Working set.</param>
internal sealed record MemorySample(double AtSeconds, long Bytes);
