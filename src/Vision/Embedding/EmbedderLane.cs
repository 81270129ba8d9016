using FaceGrid.Models;
using FaceGrid.Vision.Alignment;
using FaceGrid.Vision.Decoding;
using FaceGrid.Vision.Execution;
using FaceGrid.Vision.Quality;

namespace FaceGrid.Vision.Embedding;

/// <summary>One embedder of a pipeline with the batcher that feeds it.</summary>
internal sealed class EmbedderLane : IDisposable
{
    private readonly FaceEmbedder _embedder;
    private readonly FaceLandmarks _template;

    /// <summary>Takes over an embedder.</summary>
    /// <param name="embedder">Disposed with the lane.</param>
    /// <param name="threads">Where it runs.</param>
    /// <param name="options">Size and delay of batches.</param>
    /// <param name="provider">The execution provider in use.</param>
    public EmbedderLane(FaceEmbedder embedder, WorkerThreads threads, VisionOptions options, string provider)
    {
        _embedder = embedder;
        _template = Profile.Template;
        CropServesQuality = Profile.InputWidth == FaceQualityMeter.CropSize && Profile.InputHeight == FaceQualityMeter.CropSize && _template == FaceAligner.ArcFaceTemplate;
        // On an accelerator one batch at a time keeps the device full; on a CPU idle threads share the faces. Without batches there is nothing to wait for.
        Batcher = new(embedder.Embed, threads, options.BatchSizeMax, embedder.TakesBatches ? options.BatchDelayMax : TimeSpan.Zero, provider == "cpu" ? threads.Count : 1, TimeProvider.System);
    }

    /// <summary>The profile.</summary>
    public EmbedderProfile Profile => _embedder.Profile;

    /// <summary>True when quality can be measured on its crops, so that none is cut for that alone.</summary>
    public bool CropServesQuality { get; }

    /// <summary>Shares runs of the model among pictures.</summary>
    public MicroBatcher<RgbImage, float[]> Batcher { get; }

    /// <summary>Cuts the embedder's crop of a face.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="landmarks">The face's landmarks in it.</param>
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

    /// <summary>Embeds one cut-out on the calling thread.</summary>
    /// <param name="decoder">Reads it.</param>
    /// <param name="limits">Its limits.</param>
    /// <param name="aligned">The cut-out.</param>
    /// <returns>The vector, or null when the cut-out cannot be read.</returns>
    public float[]? EmbedOne(IPictureDecoder decoder, PictureLimits limits, AlignedCrop aligned)
    {
        using DecodedPicture decoded = decoder.Decode(aligned.Picture, limits);
        using RgbImage? crop = decoded.Image is { } image ? Cut(image, aligned.Landmarks) : null;
        return crop is null ? null : _embedder.Embed([crop])[0];
    }

    /// <summary>Gives up faces that wait.</summary>
    public void StopTaking() => Batcher.Dispose();

    /// <summary>Closes the model. Comes after <see cref="StopTaking"/>, when the threads have ended.</summary>
    public void Dispose() => _embedder.Dispose();
}
