using FaceGrid.Models;
using FaceGrid.Vision.Decoding;
using FaceGrid.Vision.Detection;
using FaceGrid.Vision.Embedding;
using FaceGrid.Vision.Execution;
using FaceGrid.Vision.Pad;

namespace FaceGrid.Vision;

/// <summary>The parts that turn a picture into vectors. They are created once per pipeline and shared by all its pictures.</summary>
/// <param name="Options">The settings.</param>
/// <param name="Limits">The limits of the decoder.</param>
/// <param name="Threads">Threads for all arithmetic.</param>
/// <param name="Decoder">Reads encoded pictures.</param>
/// <param name="Encoder">Writes cut-outs.</param>
/// <param name="Detectors">Detectors, one per device.</param>
/// <param name="Lane">The first embedder.</param>
/// <param name="NextLane">The second embedder, or null.</param>
/// <param name="Liveness">Distinguishes live faces from pictures of faces; null when no PAD model is configured.</param>
internal sealed record PictureTools(
    VisionOptions Options,
    PictureLimits Limits,
    WorkerThreads Threads,
    IPictureDecoder Decoder,
    ImageSharpPictureEncoder Encoder,
    LeastBusy<YuNetDetector> Detectors,
    EmbedderLane Lane,
    EmbedderLane? NextLane,
    LivenessMeter? Liveness)
{
    /// <summary>See <see cref="DetectorProfile.SureConfidence"/>.</summary>
    public required float SureConfidence { get; init; }
}
