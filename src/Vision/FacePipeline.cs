using System.ComponentModel.DataAnnotations;
using System.Diagnostics;

namespace FaceGrid.Vision;

/// <summary>From the bytes of a picture to its faces and their embeddings: decode, detect, align, measure, embed.</summary>
/// <remarks>
/// Made once per process and safe for concurrent calls. All arithmetic runs on the pipeline's own threads, never on the caller's, so a grain's turn may await it.
/// </remarks>
public sealed class FacePipeline : IDisposable
{
    /// <summary>Crops of one picture that wait for the embedder at a time; a crowd is embedded piece by piece so that it does not hold all its crops in memory.</summary>
    private const int CropsAtOnceMin = 64;

    private readonly VisionOptions _options;
    private readonly IPictureDecoder _decoder;
    private readonly YuNetDetector _detector;
    private readonly FaceEmbedder _embedder;
    private readonly PictureLimits _limits;
    private readonly FaceLandmarks _template;
    private readonly bool _cropServesQuality;
    private readonly WorkerThreads _threads;
    private readonly MicroBatcher<RgbImage, float[]> _batcher;
    private int _queueLength;
    private int _disposed;

    private FacePipeline(VisionOptions options, DetectorProfile detectorProfile, YuNetDetector detector, FaceEmbedder embedder, InferenceRuntime runtime, IPictureDecoder decoder)
    {
        _options = options;
        _decoder = decoder;
        _detector = detector;
        _embedder = embedder;
        Detector = detectorProfile;
        ExecutionProvider = runtime.Provider;
        _template = embedder.Profile.Template;
        _cropServesQuality = embedder.Profile.InputWidth == FaceQualityMeter.CropSize && embedder.Profile.InputHeight == FaceQualityMeter.CropSize
            && _template == FaceAligner.ArcFaceTemplate;
        // Twice what the detector will see keeps detail for the crops of the smallest faces it can find.
        _limits = new(options.ImageBytesMax, options.ImagePixelsMax, 2 * options.DetectionLongSideMax);
        _threads = new(options.Concurrency > 0 ? options.Concurrency : Environment.ProcessorCount);
        // On an accelerator one batch at a time keeps the device full; on a CPU idle threads share the faces. Without batches there is nothing to wait for.
        _batcher = new(embedder.Embed, _threads, options.BatchSizeMax, embedder.TakesBatches ? options.BatchDelayMax : TimeSpan.Zero,
            runtime.Provider == "cpu" ? _threads.Count : 1, TimeProvider.System);
        VisionMetrics.Watch(this);
    }

    /// <summary>The embedder's profile.</summary>
    public EmbedderProfile Embedder => _embedder.Profile;

    /// <summary>The detector's profile.</summary>
    public DetectorProfile Detector { get; }

    /// <summary>Id of what makes embeddings comparable; see <see cref="EmbedderProfile.ContractId"/>.</summary>
    public string ContractId => Embedder.ContractId;

    /// <summary>Length of an embedding.</summary>
    public int Dimension => Embedder.Dimension;

    /// <summary>The execution provider in use: <c>cpu</c>, <c>cuda</c> or <c>tensorrt</c>.</summary>
    public string ExecutionProvider { get; }

    /// <summary>Pictures waiting or in work, 0 to <see cref="VisionOptions.QueueLengthMax"/>.</summary>
    public int QueueLength => Volatile.Read(ref _queueLength);

    /// <summary>The limit of <see cref="QueueLength"/>.</summary>
    internal int QueueLengthMax => _options.QueueLengthMax;

    /// <summary>Finds, downloads and checks the models, and opens them.</summary>
    /// <param name="options">The settings; not to be changed afterwards.</param>
    /// <param name="progress">Told about downloads; may be null.</param>
    /// <param name="cancellationToken">Stops the start.</param>
    /// <returns>A pipeline that the caller disposes.</returns>
    /// <exception cref="VisionSetupException">
    /// A setting is out of range, a profile or model is missing or altered, or the execution provider is not available. The message names the fix.
    /// </exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static Task<FacePipeline> CreateAsync(
        VisionOptions options, IProgress<ModelDownloadProgress>? progress = null, CancellationToken cancellationToken = default) =>
        CreateAsync(options, new SkiaPictureDecoder(), progress, cancellationToken);

    /// <summary>Does the same with another picture codec.</summary>
    /// <param name="options">The settings; not to be changed afterwards.</param>
    /// <param name="decoder">Reads the pictures.</param>
    /// <param name="progress">Told about downloads; may be null.</param>
    /// <param name="cancellationToken">Stops the start.</param>
    /// <exception cref="VisionSetupException">As above.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static async Task<FacePipeline> CreateAsync(
        VisionOptions options, IPictureDecoder decoder, IProgress<ModelDownloadProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(decoder);
        Check(options);
        var store = new ModelStore(options.ModelDirectory, options.Offline);
        var detectorProfile = store.GetProfile<DetectorProfile>(options.Detector);
        var embedderProfile = store.GetProfile<EmbedderProfile>(options.Embedder);
        string detectorPath = await store.PullAsync(detectorProfile, progress, cancellationToken).ConfigureAwait(false);
        string embedderPath = await store.PullAsync(embedderProfile, progress, cancellationToken).ConfigureAwait(false);
        return await Task.Run(() => Open(options, detectorProfile, embedderProfile, detectorPath, embedderPath, decoder), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Finds the faces of one picture and, when asked, embeds them.</summary>
    /// <param name="picture">The encoded bytes. They must not change until the task completes; a cancelled call completes only when they are no longer read.</param>
    /// <param name="embed">True to embed every face of at least <see cref="VisionOptions.FaceSizeMinPixels"/>.</param>
    /// <param name="cancellationToken">Gives up the picture.</param>
    /// <returns>The faces, or the reason why there are none. A bad picture never throws.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The pipeline was disposed.</exception>
    public async Task<PictureAnalysis> AnalyseAsync(ReadOnlyMemory<byte> picture, bool embed, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        cancellationToken.ThrowIfCancellationRequested();
        if (Interlocked.Increment(ref _queueLength) > _options.QueueLengthMax)
        {
            Interlocked.Decrement(ref _queueLength);
            VisionMetrics.Count(PictureStatus.Busy);
            return new(PictureStatus.Busy, $"{_options.QueueLengthMax} pictures are in work or waiting.", 0, 0, []);
        }

        try
        {
            using var work = new PictureWork(this, embed, cancellationToken);
            await _threads.RunAsync(() => work.Begin(picture.Span), urgent: false, cancellationToken).ConfigureAwait(false);
            await work.EmbedAsync().ConfigureAwait(false);
            PictureAnalysis analysis = work.Result();
            VisionMetrics.Count(analysis.Status);
            return analysis;
        }
        finally
        {
            Interlocked.Decrement(ref _queueLength);
        }
    }

    /// <summary>Gives up waiting pictures, ends those in work and closes the models.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            VisionMetrics.Forget(this);
            _batcher.Dispose();
            _threads.Dispose();
            _detector.Dispose();
            _embedder.Dispose();
        }
    }

    private static FacePipeline Open(
        VisionOptions options, DetectorProfile detectorProfile, EmbedderProfile embedderProfile, string detectorPath, string embedderPath, IPictureDecoder decoder)
    {
        var runtime = InferenceRuntime.Create(options.ExecutionProvider, detectorPath, options.ThreadsPerInference);
        var detector = new YuNetDetector(detectorProfile, runtime, detectorPath, options.DetectionConfidenceMin ?? detectorProfile.ConfidenceMin, options.DetectionLongSideMax);
        try
        {
            var embedder = new FaceEmbedder(embedderProfile, runtime, embedderPath);
            return new FacePipeline(options, detectorProfile, detector, embedder, runtime, decoder);
        }
        catch
        {
            detector.Dispose();
            throw;
        }
    }

    private static void Check(VisionOptions options)
    {
        var mistakes = new List<ValidationResult>();
        if (!Validator.TryValidateObject(options, new ValidationContext(options), mistakes, validateAllProperties: true))
        {
            throw new VisionSetupException("options-invalid", string.Join(" ", mistakes.Select(mistake => mistake.ErrorMessage)));
        }
    }

    /// <summary>One picture on its way through the pipeline.</summary>
    private sealed class PictureWork(FacePipeline pipeline, bool embed, CancellationToken cancellationToken) : IDisposable
    {
        private readonly int _cropsAtOnce = Math.Max(CropsAtOnceMin, 2 * pipeline._options.BatchSizeMax);
        private readonly long _takenInAt = Stopwatch.GetTimestamp();

        // The worker threads do not know whose picture they have, so the span that asked is handed to them.
        private readonly ActivityContext _asked = Activity.Current?.Context ?? default;
        private DecodedPicture? _decoded;
        private DetectedFace[] _detected = [];
        private AnalysedFace[] _faces = [];
        private List<(int Face, RgbImage Crop)> _crops = [];
        private int _next;
        private bool _announced;

        /// <summary>Decodes, detects, and aligns the first faces. Runs on a worker thread.</summary>
        public bool Begin(ReadOnlySpan<byte> picture)
        {
            if (embed)
            {
                pipeline._batcher.Announce();
                _announced = true;
            }

            VisionMetrics.QueueWait.Record(Stopwatch.GetElapsedTime(_takenInAt).TotalSeconds);
            _decoded = Decode(picture);
            cancellationToken.ThrowIfCancellationRequested();
            if (_decoded.Image is not { } image)
            {
                return false;
            }

            _detected = Detect(image);
            _faces = new AnalysedFace[_detected.Length];
            return AlignNext();
        }

        /// <summary>Embeds all faces, piece by piece.</summary>
        public async Task EmbedAsync()
        {
            while (true)
            {
                if (_next == _detected.Length)
                {
                    // All pixels that are still needed are in the crops.
                    _decoded?.Dispose();
                }

                if (_crops.Count > 0)
                {
                    bool announced = _announced;
                    _announced = false;
                    using Activity? span = VisionMetrics.Spans.StartActivity("embed", ActivityKind.Internal, _asked)?.SetTag("facegrid.faces", _crops.Count);
                    var vectors = await pipeline._batcher.RunAsync(_crops.ConvertAll(crop => crop.Crop), announced, cancellationToken).ConfigureAwait(false);
                    Keep(vectors);
                }

                if (_next == _detected.Length)
                {
                    return;
                }

                await pipeline._threads.RunAsync(AlignNext, urgent: true, cancellationToken).ConfigureAwait(false);
            }
        }

        public PictureAnalysis Result() => new(_decoded!.Status, _decoded.Detail, _decoded.Width, _decoded.Height, _faces);

        public void Dispose()
        {
            if (_announced)
            {
                pipeline._batcher.Withdraw();
            }

            // Crops that a cancelled call leaves in a running batch are not given back to the pool: the batch may still read them.
            _decoded?.Dispose();
        }

        private DecodedPicture Decode(ReadOnlySpan<byte> picture)
        {
            using Activity? span = VisionMetrics.Spans.StartActivity("decode", ActivityKind.Internal, _asked)?.SetTag("facegrid.bytes", picture.Length);
            long start = Stopwatch.GetTimestamp();
            DecodedPicture decoded = pipeline._decoder.Decode(picture, pipeline._limits);
            VisionMetrics.Decode.Record(Stopwatch.GetElapsedTime(start).TotalSeconds);
            return decoded;
        }

        private DetectedFace[] Detect(RgbImage image)
        {
            using Activity? span = VisionMetrics.Spans.StartActivity("detect", ActivityKind.Internal, _asked);
            long start = Stopwatch.GetTimestamp();
            DetectedFace[] detected = [.. pipeline._detector.Detect(image)
                .OrderByDescending(face => face.Box.Area).ThenBy(face => face.Box.Y).ThenBy(face => face.Box.X)
                .Take(pipeline._options.FacesMax)];
            VisionMetrics.Detect.Record(Stopwatch.GetElapsedTime(start).TotalSeconds);
            span?.SetTag("facegrid.faces", detected.Length);
            return detected;
        }

        private bool AlignNext()
        {
            var image = _decoded!.Image!;
            using var forQuality = pipeline._cropServesQuality ? null : new RgbImage(FaceQualityMeter.CropSize, FaceQualityMeter.CropSize);
            while (_next < _detected.Length && _crops.Count < _cropsAtOnce)
            {
                cancellationToken.ThrowIfCancellationRequested();
                AlignOne(image, _next++, forQuality);
            }

            return _crops.Count > 0;
        }

        private void AlignOne(RgbImage image, int index, RgbImage? forQuality)
        {
            var face = _detected[index];
            var landmarks = face.Landmarks.Scaled(_decoded!.Scale);
            bool wanted = embed && landmarks.SizePixels >= pipeline._options.FaceSizeMinPixels;
            var crop = wanted || forQuality is null ? new RgbImage(pipeline.Embedder.InputWidth, pipeline.Embedder.InputHeight) : null;
            bool aligned = crop is null || FaceAligner.Align(image, face.Landmarks, pipeline._template, crop);
            if (forQuality is not null)
            {
                aligned &= FaceAligner.Align(image, face.Landmarks, FaceAligner.ArcFaceTemplate, forQuality);
            }

            var quality = FaceQualityMeter.Measure(aligned ? forQuality ?? crop : null, landmarks, face.Confidence);
            _faces[index] = new(face.Box.Scaled(_decoded.Scale), landmarks, face.Confidence, quality, null);
            if (aligned && wanted)
            {
                _crops.Add((index, crop!));
            }
            else
            {
                crop?.Dispose();
            }
        }

        private void Keep(float[][] vectors)
        {
            for (int index = 0; index < vectors.Length; index++)
            {
                var (face, crop) = _crops[index];
                _faces[face] = _faces[face] with { Embedding = vectors[index] };
                crop.Dispose();
            }

            _crops.Clear();
        }
    }
}
