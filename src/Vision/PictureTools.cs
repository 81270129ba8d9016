using FaceGrid.Vision.Decoding;
using FaceGrid.Vision.Detection;
using FaceGrid.Vision.Embedding;
using FaceGrid.Vision.Execution;
using FaceGrid.Vision.Pad;

namespace FaceGrid.Vision;

/// <summary>What a picture passes through on its way to vectors. Made once per pipeline and shared by all its pictures.</summary>
/// <param name="Options">The settings.</param>
/// <param name="Limits">What the decoder refuses.</param>
/// <param name="Threads">Threads for all arithmetic.</param>
/// <param name="Decoder">Reads encoded pictures.</param>
/// <param name="Encoder">Writes cut-outs.</param>
/// <param name="Detectors">Detectors, one per device.</param>
/// <param name="Lane">The first embedder.</param>
/// <param name="NextLane">The second embedder, or null.</param>
/// <param name="Liveness">Tells live faces from pictures of faces, or null.</param>
internal sealed record PictureTools(
    VisionOptions Options,
    PictureLimits Limits,
    WorkerThreads Threads,
    IPictureDecoder Decoder,
    ImageSharpPictureEncoder Encoder,
    LeastBusy<YuNetDetector> Detectors,
    EmbedderLane Lane,
    EmbedderLane? NextLane,
    LivenessMeter? Liveness);
