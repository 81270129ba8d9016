using System.ComponentModel.DataAnnotations;
using FaceGrid.Vision.Decoding;
using FaceGrid.Models;
using FaceGrid.Vision.Execution;

namespace FaceGrid.Vision;

/// <summary>
/// Settings of a <see cref="FacePipeline"/>. All are checked when the pipeline is created, and all mistakes are reported at once.
/// </summary>
public sealed class VisionOptions
{
    /// <summary>
    /// Profile of the face detector: a profile id, or a path ending in <c>.json</c>. Default: <c>facegrid-detector</c>, which comes with
    /// FaceGrid.
    /// </summary>
    [Required]
    public string Detector { get; set; } = DefaultProfiles.Detector;

    /// <summary>
    /// Profile of the embedder: a profile id, or a path ending in <c>.json</c>. Default: <c>facegrid-face-128</c>, which comes with
    /// FaceGrid.
    /// </summary>
    [Required]
    public string Embedder { get; set; } = DefaultProfiles.Embedder;

    /// <summary>
    /// Profile of a second embedder, which runs beside the first while galleries migrate from one to the other (docs/migration.md): a
    /// profile id, or a path ending in <c>.json</c>. Default: null, which means that there is only one embedder.
    /// </summary>
    public string? NextEmbedder { get; set; }

    /// <summary>
    /// Profiles of the models that distinguish live faces from pictures of faces: profile ids, or paths ending in <c>.json</c>, at most 8.
    /// Several models are combined. Default: empty, which means that liveness is not checked.
    /// </summary>
    [MaxLength(8, ErrorMessage = "Pad takes at most 8 profiles.")]
    public IList<string> Pad { get; set; } = [];

    /// <summary>
    /// Where models run: <c>auto</c> (CUDA if it works, else CPU), <c>cpu</c>, <c>cuda</c> or <c>tensorrt</c>. Default: <c>auto</c>.
    /// When a provider named here is not available, the start fails; there is no silent change to another provider.
    /// </summary>
    [RegularExpression("(?i)auto|cpu|cuda|tensorrt", ErrorMessage = "ExecutionProvider must be auto, cpu, cuda or tensorrt.")]
    public string ExecutionProvider { get; set; } = "auto";

    /// <summary>
    /// Directory of model files and of additional profiles (<c>*.json</c>).
    /// Default: null, which means the directory in the environment variable <c>FACEGRID_MODELS</c>, and after that the user's cache
    /// (<c>~/.cache/facegrid/models</c>).
    /// </summary>
    public string? ModelDirectory { get; set; }

    /// <summary>
    /// True to never download a model. When one is missing, the start fails and the message names the command that fetches it. Default:
    /// false.
    /// </summary>
    public bool Offline { get; set; }

    /// <summary>Most bytes of one encoded picture. Range: 1 KiB to 1 GiB. Default: 10 MiB.</summary>
    [Range(1024, 1 << 30)]
    public int ImageBytesMax { get; set; } = 10 << 20;

    /// <summary>
    /// The codec that decodes pictures: <c>imagesharp</c> (managed code) or <c>skia</c> (native code, which can decode a JPEG at a reduced
    /// size). Default: <c>imagesharp</c>. Both accept the same pictures; docs/benchmarks.md has the cost of each.
    /// </summary>
    [RegularExpression("(?i)imagesharp|skia", ErrorMessage = "Codec must be imagesharp or skia.")]
    public string Codec { get; set; } = PictureCodecs.ImageSharp;

    /// <summary>False to refuse GIF and BMP pictures (docs/security.md). Default: true.</summary>
    public bool RareFormats { get; set; } = true;

    /// <summary>
    /// Most pixels of one picture, by the size in its header, which is read before memory for pixels is allocated. Range: 4,096 to
    /// 500,000,000; more than 268,435,455 are never accepted. Default: 50,000,000.
    /// </summary>
    [Range(4_096L, 500_000_000L)]
    public long ImagePixelsMax { get; set; } = 50_000_000;

    /// <summary>
    /// Longest side, in pixels, at which the detector sees a large picture in its fine pass. Range: 320 to 4,096. Default: 1,920.
    /// A larger value finds smaller faces in group photographs; time and memory grow with its square.
    /// </summary>
    [Range(320, 4_096)]
    public int DetectionLongSideMax { get; set; } = 1_920;

    /// <summary>
    /// Lowest confidence of a reported face. Range: 0.1 to 1. Default: null, which means <see cref="DetectorProfile.ConfidenceMin"/>.
    /// </summary>
    [Range(0.1f, 1f)]
    public float? DetectionConfidenceMin { get; set; }

    /// <summary>Most faces reported per picture; the largest are kept. Range: 1 to 10,000. Default: 1,024.</summary>
    [Range(1, 10_000)]
    public int FacesMax { get; set; } = 1_024;

    /// <summary>
    /// Smallest size (<see cref="FaceLandmarks.SizePixels"/>), in pixels of the full-size picture, at which a face is embedded. Smaller
    /// faces are reported without an embedding. Range: 0 to 1,000. Default: 18, which is 16 pixels between the eyes of a face seen from
    /// the front. Measured with the default embedder on 200 mated LFW pairs, with one picture of each pair reduced, at the threshold for
    /// one false match in 10,000: 93 % match at 42 pixels between the eyes (the original size), 90 % at 20, 89 % at 16, 80 % at 12, 62 % at
    /// 10, 27 % at 8.
    /// </summary>
    [Range(0, 1_000)]
    public int FaceSizeMinPixels { get; set; } = 18;

    /// <summary>
    /// Most faces embedded in one model run. Range: 1 to 1,024. Default: 32. A model with a fixed batch of 1 runs its faces one by one.
    /// </summary>
    [Range(1, 1_024)]
    public int BatchSizeMax { get; set; } = 32;

    /// <summary>
    /// Longest time a face waits for faces of other pictures to fill a batch. Range: 0 to 1 second. Default: 2 ms.
    /// A face does not wait when no other picture is in work.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:01")]
    public TimeSpan BatchDelayMax { get; set; } = TimeSpan.FromMilliseconds(2);

    /// <summary>
    /// Most pictures waiting or in work. One more gets <see cref="PictureStatus.Busy"/>. Range: 1 to 100,000. Default: 64.
    /// </summary>
    [Range(1, 100_000)]
    public int QueueLengthMax { get; set; } = 64;

    /// <summary>Threads that decode, detect, align and embed. Range: 0 to 1,024. Default: 0, which means one per processor.</summary>
    [Range(0, 1_024)]
    public int Concurrency { get; set; }

    /// <summary>
    /// Threads that one model run may use. Range: 1 to 256. Default: 1, which is best for throughput. More threads shorten the time of a
    /// single picture.
    /// </summary>
    [Range(1, 256)]
    public int ThreadsPerInference { get; set; } = 1;

    /// <summary>
    /// Indices of the GPUs to use, as <c>nvidia-smi</c> counts them from 0, each at most once. Every model is opened on each of them. Range
    /// of an index: 0 to 63. Default: empty, which means the first GPU. Ignored on a CPU.
    /// </summary>
    [MaxLength(64, ErrorMessage = "Devices takes at most 64 indices.")]
    [DeviceIndices]
    public IList<int> Devices { get; set; } = [];

    /// <summary>
    /// True to record the embedder's batches as CUDA graphs and to replay them, which saves the launch of each kernel. Batches are then
    /// padded to 1, 2, 4, 8 ... and <see cref="BatchSizeMax"/> faces. For <c>cuda</c> only; a model with a part that has no CUDA kernel is
    /// refused. Default: false. Not run on a GPU yet.
    /// </summary>
    public bool CudaGraphs { get; set; }

    /// <summary>
    /// Directory where TensorRT keeps the engines that it builds. Building takes minutes for each model, GPU and version. Each node needs
    /// its own writable directory. For <c>tensorrt</c> only. Default: null, which means that the engines are built at every start. Not run
    /// on a GPU yet.
    /// </summary>
    public string? TensorRtCacheDirectory { get; set; }

    /// <summary>The settings that concern only GPUs.</summary>
    internal AcceleratorOptions Accelerator =>
        new() { Devices = [.. Devices], CudaGraphs = CudaGraphs, TensorRtCacheDirectory = TensorRtCacheDirectory };
}
