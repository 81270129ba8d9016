using FaceGrid.Models;
using FaceGrid.Vision.Alignment;
using FaceGrid.Vision.Decoding;
using FaceGrid.Vision.Execution;
using FaceGrid.Vision.Quality;

namespace FaceGrid.Vision.Embedding;

/// <summary>One embedder of a pipeline, opened once per device, and the batcher that feeds it.</summary>
internal sealed class EmbedderLane : IDisposable
{
    private readonly IReadOnlyList<FaceEmbedder> _embedders;
    private readonly WorkerThreads _threads;
    private readonly WorkerThreads[] _deviceThreads;
    private readonly BatchWorker<RgbImage, float[]>[] _workers;
    private readonly FaceLandmarks _template;
    private readonly int _batchSizeMax;
    private uint _turn;

    /// <summary>Takes over an embedder.</summary>
    /// <param name="embedders">The same model on each device. The lane disposes them.</param>
    /// <param name="threads">The pool that reads pictures and, on a CPU, also embeds.</param>
    /// <param name="options">The settings, for the size and delay of batches.</param>
    /// <param name="accelerated">True to give each device a thread of its own.</param>
    public EmbedderLane(IReadOnlyList<FaceEmbedder> embedders, WorkerThreads threads, VisionOptions options, bool accelerated)
    {
        (_embedders, _threads, _batchSizeMax) = (embedders, threads, options.BatchSizeMax);
        _template = Profile.Template;
        CropServesQuality = Profile.InputWidth == FaceQualityMeter.CropSize
            && Profile.InputHeight == FaceQualityMeter.CropSize
            && _template == FaceAligner.ArcFaceTemplate;
        // On a GPU, one batch at a time keeps the device busy, and a CUDA graph must be replayed by the thread that recorded it. On a CPU,
        // idle threads share the faces.
        _deviceThreads = accelerated ? [.. embedders.Select(_ => new WorkerThreads(1))] : [];
        _workers = accelerated
            ? [.. embedders.Zip(_deviceThreads, (embedder, thread) => new BatchWorker<RgbImage, float[]>(thread, embedder.Embed))]
            : [.. Enumerable.Repeat(new BatchWorker<RgbImage, float[]>(threads, embedders[0].Embed), threads.Count)];
        // A model that does not take batches need not wait for more faces.
        TimeSpan delayMax = embedders[0].TakesBatches ? options.BatchDelayMax : TimeSpan.Zero;
        Batcher = new(_workers, options.BatchSizeMax, delayMax, TimeProvider.System);
    }

    /// <summary>The profile.</summary>
    public EmbedderProfile Profile => _embedders[0].Profile;

    /// <summary>True when quality can be measured on its crops, so that no other crop has to be cut for that.</summary>
    public bool CropServesQuality { get; }

    /// <summary>Collects faces of several pictures into one run of the model.</summary>
    public MicroBatcher<RgbImage, float[]> Batcher { get; }

    /// <summary>Cuts the embedder's crop of a face.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="landmarks">The face's landmarks in pixels of the picture.</param>
    /// <returns>The crop, which the caller disposes; null when the landmarks coincide.</returns>
    public RgbImage? Cut(RgbImage image, FaceLandmarks landmarks)
    {
        var crop = new RgbImage(Profile.InputWidth, Profile.InputHeight);
        if (FaceAligner.Align(image, landmarks, _template, crop))
        {
            return crop;
        }

        crop.Dispose();
        return null;
    }

    /// <summary>Embeds one cut-out by itself. Pictures that a caller waits for go first.</summary>
    /// <param name="decoder">Decodes the cut-out.</param>
    /// <param name="limits">Limits for decoding.</param>
    /// <param name="aligned">The cut-out.</param>
    /// <param name="cancellationToken">Withdraws work that has not started.</param>
    /// <returns>The vector, or null when the cut-out cannot be read.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<float[]?> EmbedOneAsync(
        IPictureDecoder decoder, PictureLimits limits, AlignedCrop aligned, CancellationToken cancellationToken)
    {
        using RgbImage? crop = await _threads
            .RunAsync(() => CutOut(decoder, limits, aligned), urgent: false, cancellationToken).ConfigureAwait(false);
        if (crop is null)
        {
            return null;
        }

        BatchWorker<RgbImage, float[]> worker = _workers[Interlocked.Increment(ref _turn) % (uint)_workers.Length];
        float[][] vectors = await worker.Threads.RunAsync(() => worker.Run([crop]), urgent: false, cancellationToken).ConfigureAwait(false);
        return vectors[0];
    }

    /// <summary>Runs every batch size that can occur on every device, one device after the other.</summary>
    /// <exception cref="VisionSetupException">A run fails (<c>provider-unavailable</c>).</exception>
    public void WarmUp()
    {
        for (int index = 0; index < _embedders.Count; index++)
        {
            FaceEmbedder embedder = _embedders[index];
            // A graph can be recorded only while nothing else uses the devices, and only by the thread that will replay it.
            _workers[index].Threads.RunAsync(
                () =>
                {
                    embedder.WarmUp(_batchSizeMax);
                    return true;
                },
                urgent: true,
                CancellationToken.None).GetAwaiter().GetResult();
        }
    }

    /// <summary>Fails the faces that wait, and takes no more.</summary>
    public void StopTaking() => Batcher.Dispose();

    /// <summary>Closes the model. Call it after <see cref="StopTaking"/>, when the threads of the pool have ended.</summary>
    public void Dispose()
    {
        Array.ForEach(_deviceThreads, threads => threads.Dispose());
        foreach (FaceEmbedder embedder in _embedders)
        {
            embedder.Dispose();
        }
    }

    private RgbImage? CutOut(IPictureDecoder decoder, PictureLimits limits, AlignedCrop aligned)
    {
        using DecodedPicture decoded = decoder.Decode(aligned.Picture, limits);
        return decoded.Image is { } image ? Cut(image, aligned.Landmarks) : null;
    }
}
