using System.ComponentModel.DataAnnotations;
using FaceGrid.Models;
using FaceGrid.Vision.Alignment;
using FaceGrid.Vision.Decoding;
using FaceGrid.Vision.Detection;
using FaceGrid.Vision.Embedding;
using FaceGrid.Vision.Execution;
using FaceGrid.Vision.Observability;
using FaceGrid.Vision.Pad;

namespace FaceGrid.Vision;

/// <summary>
/// Turns the bytes of a picture into its faces and their embeddings: decode, detect, align, measure, embed. On request it also checks
/// whether the faces are live.
/// </summary>
/// <remarks>
/// Created once per process and safe for concurrent calls. All arithmetic runs on the pipeline's own threads, never on the caller's, so a
/// grain may await it.
/// </remarks>
public sealed class FacePipeline : IDisposable
{
    private readonly PictureTools _tools;
    private int _queueLength;
    private int _disposed;

    private FacePipeline(
        VisionOptions options, DetectorProfile detectorProfile, IReadOnlyList<YuNetDetector> detectors,
        IReadOnlyList<FaceEmbedder> embedders, IReadOnlyList<FaceEmbedder> next,
        LivenessMeter? liveness, InferenceRuntime runtime, IPictureDecoder decoder)
    {
        Detector = detectorProfile;
        ExecutionProvider = runtime.Provider;
        CpuReason = runtime.CpuReason;
        var threads = new WorkerThreads(options.Concurrency > 0 ? options.Concurrency : Environment.ProcessorCount);
        _tools = new PictureTools(
            options,
            // Twice the size that the detector sees keeps enough detail for the crops of the smallest faces that it can find.
            new PictureLimits(options.ImageBytesMax, options.ImagePixelsMax, 2 * options.DetectionLongSideMax),
            threads,
            decoder,
            new ImageSharpPictureEncoder(),
            new LeastBusy<YuNetDetector>(detectors),
            new EmbedderLane(embedders, threads, options, runtime.IsAccelerated),
            next.Count == 0 ? null : new EmbedderLane(next, threads, options, runtime.IsAccelerated),
            liveness)
        {
            SureConfidence = detectorProfile.SureConfidence,
        };
        VisionMetrics.Watch(this);
    }

    /// <summary>The embedder's profile.</summary>
    public EmbedderProfile Embedder => _tools.Lane.Profile;

    /// <summary>The second embedder's profile; null when there is only one embedder.</summary>
    public EmbedderProfile? NextEmbedder => _tools.NextLane?.Profile;

    /// <summary>The profiles of all embedders, one or two.</summary>
    public IReadOnlyList<EmbedderProfile> Embedders => NextEmbedder is { } next ? [Embedder, next] : [Embedder];

    /// <summary>The detector's profile.</summary>
    public DetectorProfile Detector { get; }

    /// <summary>Distinguishes live faces from pictures of faces; null when no PAD model is configured.</summary>
    public LivenessMeter? Liveness => _tools.Liveness;

    /// <summary>Id of what makes embeddings comparable; see <see cref="EmbedderProfile.ContractId"/>.</summary>
    public string ContractId => Embedder.ContractId;

    /// <summary>Length of an embedding.</summary>
    public int Dimension => Embedder.Dimension;

    /// <summary>The execution provider in use: <c>cpu</c>, <c>cuda</c> or <c>tensorrt</c>.</summary>
    public string ExecutionProvider { get; }

    /// <summary>The reason, in sentences, why <c>auto</c> chose the CPU although this build can use a GPU; else null.</summary>
    public string? CpuReason { get; }

    /// <summary>Pictures waiting or in work, 0 to <see cref="VisionOptions.QueueLengthMax"/>.</summary>
    public int QueueLength => Volatile.Read(ref _queueLength);

    /// <summary>The limit of <see cref="QueueLength"/>.</summary>
    internal int QueueLengthMax => _tools.Options.QueueLengthMax;

    /// <summary>Finds, downloads and checks the models, and opens them.</summary>
    /// <param name="options">The settings. They must not be changed afterwards.</param>
    /// <param name="progress">Receives the progress of downloads; may be null.</param>
    /// <param name="cancellationToken">Stops the start. Downloaded bytes are kept for the next attempt.</param>
    /// <returns>A pipeline that the caller disposes.</returns>
    /// <exception cref="VisionSetupException">
    /// A setting is out of range, a profile or model is missing or altered, or the execution provider is not available. The message names
    /// the fix.
    /// </exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static Task<FacePipeline> CreateAsync(
        VisionOptions options, IProgress<ModelDownloadProgress>? progress = null, CancellationToken cancellationToken = default) =>
        CreateAsync(options, null, progress, cancellationToken);

    /// <summary>Does the same with another picture codec.</summary>
    /// <param name="options">The settings. They must not be changed afterwards.</param>
    /// <param name="decoder">Decodes the pictures; null for the decoder that the settings name.</param>
    /// <param name="progress">Receives the progress of downloads; may be null.</param>
    /// <param name="cancellationToken">Stops the start. Downloaded bytes are kept for the next attempt.</param>
    /// <exception cref="VisionSetupException">As above.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static async Task<FacePipeline> CreateAsync(
        VisionOptions options,
        IPictureDecoder? decoder,
        IProgress<ModelDownloadProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        Check(options);
        decoder ??= PictureCodecs.CreateDecoder(options);
        var store = new ModelStore(options.ModelDirectory, options.Offline);
        var detectorProfile = store.GetProfile<DetectorProfile>(options.Detector);
        var embedderProfile = store.GetProfile<EmbedderProfile>(options.Embedder);
        EmbedderProfile? nextProfile = options.NextEmbedder is { Length: > 0 } wanted ? store.GetProfile<EmbedderProfile>(wanted) : null;
        if (nextProfile?.ContractId == embedderProfile.ContractId)
        {
            throw new VisionSetupException(
                "options-invalid",
                $"NextEmbedder and Embedder are the same model, '{embedderProfile.Id}'. Set NextEmbedder to another model, or remove it.");
        }

        PadProfile[] padProfiles = [.. options.Pad.Select(store.GetProfile<PadProfile>)];
        string detectorPath = await store.PullAsync(detectorProfile, progress, cancellationToken).ConfigureAwait(false);
        string embedderPath = await store.PullAsync(embedderProfile, progress, cancellationToken).ConfigureAwait(false);
        string? nextPath = nextProfile is null
            ? null
            : await store.PullAsync(nextProfile, progress, cancellationToken).ConfigureAwait(false);
        var pads = new List<(PadProfile, string)>();
        foreach (PadProfile pad in padProfiles)
        {
            pads.Add((pad, await store.PullAsync(pad, progress, cancellationToken).ConfigureAwait(false)));
        }

        return await Task.Run(
            () =>
                Open(
                    options,
                    (detectorProfile, detectorPath),
                    (embedderProfile, embedderPath),
                    nextProfile is null ? null : (nextProfile, nextPath!),
                    pads,
                    decoder),
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Finds the faces of one picture, and measures and embeds them as asked.</summary>
    /// <param name="picture">
    /// The encoded bytes. They must not change until the task completes; a cancelled call completes only when they are no longer read.
    /// </param>
    /// <param name="request">What to compute for the faces, such as <see cref="PictureRequest.Embeddings"/>.</param>
    /// <param name="cancellationToken">Ends the work on the picture. Nothing is kept.</param>
    /// <returns>The faces, or the reason why there are none. A bad picture never throws.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The pipeline was disposed.</exception>
    public async Task<PictureAnalysis> AnalyseAsync(
        ReadOnlyMemory<byte> picture, PictureRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        cancellationToken.ThrowIfCancellationRequested();
        if (!Enter())
        {
            VisionMetrics.Count(PictureStatus.Busy);
            string detail = $"{_tools.Options.QueueLengthMax} pictures are in work or waiting already; try again later.";
            return new(PictureStatus.Busy, detail, 0, 0, []);
        }

        try
        {
            using var work = new PictureWork(_tools, request, cancellationToken);
            await _tools.Threads.RunAsync(() => work.Begin(picture.Span), urgent: false, cancellationToken).ConfigureAwait(false);
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

    /// <summary>Cuts a face and its surroundings out of a picture, for people to look at.</summary>
    /// <param name="picture">The encoded bytes. They must not change until the task completes.</param>
    /// <param name="box">
    /// The face's box in pixels of the upright, full-size picture. The cut is twice as wide and high if the picture is large enough.
    /// </param>
    /// <param name="sideMax">Most pixels of the longer side of the result, 16 or more.</param>
    /// <param name="cancellationToken">Withdraws the work if it has not started.</param>
    /// <returns>A JPEG, or null for a picture that cannot be read.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Task<byte[]?> CutAsync(ReadOnlyMemory<byte> picture, FaceBox box, int sideMax, CancellationToken cancellationToken = default) =>
        _tools.Threads.RunAsync(
            () => FaceCut.Make(_tools.Decoder, _tools.Encoder, picture.Span, _tools.Limits, box, sideMax), urgent: true, cancellationToken);
    /// <summary>
    /// Embeds faces from their cut-outs. Together they count as one picture in the queue. They do not wait for faces of other pictures.
    /// </summary>
    /// <param name="crops">Cut-outs. They are not changed.</param>
    /// <param name="contractId">Contract of <see cref="Embedder"/> or of <see cref="NextEmbedder"/>.</param>
    /// <param name="cancellationToken">Ends the work after the current cut-out. Nothing is kept.</param>
    /// <returns>
    /// One vector per cut-out, as <see cref="AnalysedFace.Embedding"/>; null for a cut-out that cannot be decoded or has no usable
    /// landmarks. The array itself is null when the queue is full.
    /// </returns>
    /// <exception cref="ArgumentException">No embedder here has that contract.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The pipeline was disposed.</exception>
    public async Task<float[]?[]?> EmbedAsync(
        IReadOnlyList<AlignedCrop> crops, string contractId, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(crops);
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        EmbedderLane lane = _tools.Lane.Profile.ContractId == contractId ? _tools.Lane
            : _tools.NextLane?.Profile.ContractId == contractId ? _tools.NextLane
            : throw new ArgumentException($"No embedder of this pipeline has contract '{contractId}'.", nameof(contractId));
        if (!Enter())
        {
            return null;
        }

        try
        {
            var vectors = new float[]?[crops.Count];
            for (int index = 0; index < crops.Count; index++)
            {
                // One at a time: the migration of a gallery uses one thread, and pictures that a caller waits for use the others.
                AlignedCrop crop = crops[index];
                vectors[index] = await lane.EmbedOneAsync(_tools.Decoder, _tools.Limits, crop, cancellationToken).ConfigureAwait(false);
            }

            return vectors;
        }
        finally
        {
            Interlocked.Decrement(ref _queueLength);
        }
    }

    private bool Enter()
    {
        if (Interlocked.Increment(ref _queueLength) <= _tools.Options.QueueLengthMax)
        {
            return true;
        }

        Interlocked.Decrement(ref _queueLength);
        return false;
    }

    /// <summary>Cancels waiting pictures, waits for those in work and closes the models.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            VisionMetrics.Forget(this);
            _tools.Lane.StopTaking();
            _tools.NextLane?.StopTaking();
            _tools.Threads.Dispose();
            foreach (YuNetDetector detector in _tools.Detectors.Items)
            {
                detector.Dispose();
            }

            _tools.Lane.Dispose();
            _tools.NextLane?.Dispose();
            Liveness?.Dispose();
        }
    }

    /// <summary>Runs the models with all sizes that can occur. Nothing else may use the pipeline yet.</summary>
    /// <exception cref="VisionSetupException">A run fails (<c>provider-unavailable</c>).</exception>
    internal void WarmUp()
    {
        foreach (YuNetDetector detector in _tools.Detectors.Items)
        {
            detector.WarmUp();
        }

        _tools.Lane.WarmUp();
        _tools.NextLane?.WarmUp();
    }

    private static FacePipeline Open(
        VisionOptions options, (DetectorProfile Profile, string Path) detector, (EmbedderProfile Profile, string Path) embedder,
        (EmbedderProfile Profile, string Path)? next, List<(PadProfile, string)> pads, IPictureDecoder decoder)
    {
        var runtime = InferenceRuntime.Create(options.ExecutionProvider, detector.Path, options.ThreadsPerInference, options.Accelerator);
        var opened = new Stack<IDisposable>();
        try
        {
            YuNetDetector[] finds = OnEachDevice(runtime, opened, device => new YuNetDetector(
                detector.Profile, device, detector.Path, options.DetectionConfidenceMin ?? detector.Profile.ConfidenceMin,
                options.DetectionLongSideMax));
            FaceEmbedder[] embeds = OnEachDevice(runtime, opened,
                device => new FaceEmbedder(embedder.Profile, device, embedder.Path, options.BatchSizeMax));
            FaceEmbedder[] embedsNext = next is { } second
                ? OnEachDevice(runtime, opened, device => new FaceEmbedder(second.Profile, device, second.Path, options.BatchSizeMax)) : [];
            LivenessMeter? liveness = pads.Count > 0 ? LivenessMeter.Open(pads, runtime) : null;
            var pipeline = new FacePipeline(options, detector.Profile, finds, embeds, embedsNext, liveness, runtime, decoder);
            opened.Clear();
            opened.Push(pipeline);
            if (runtime.IsAccelerated)
            {
                pipeline.WarmUp();
            }

            return pipeline;
        }
        catch
        {
            while (opened.TryPop(out var model))
            {
                model.Dispose();
            }

            throw;
        }
    }

    private static T[] OnEachDevice<T>(InferenceRuntime runtime, Stack<IDisposable> opened, Func<InferenceRuntime, T> open)
        where T : IDisposable
    {
        var models = new List<T>();
        foreach (InferenceRuntime device in runtime.PerDevice())
        {
            T model = open(device);
            models.Add(model);
            opened.Push(model);
        }

        return [.. models];
    }

    private static void Check(VisionOptions options)
    {
        var mistakes = new List<ValidationResult>();
        if (!Validator.TryValidateObject(options, new ValidationContext(options), mistakes, validateAllProperties: true))
        {
            throw new VisionSetupException("options-invalid", string.Join(" ", mistakes.Select(mistake => mistake.ErrorMessage)));
        }
    }
}
