using FaceGrid.Grains.Placement;
using FaceGrid.Vision;

namespace FaceGrid.Grains.Embedding;

/// <inheritdoc cref="IEmbedderGrain"/>
[KeepAlive]
[SiloPinned]
[RequireRole(Roles.Embedder)]
public sealed class EmbedderGrain(FacePipeline pipeline) : Grain, IEmbedderGrain
{
    // One false match in 10,000 comparisons with a claimed person; one in 100,000 for each of the many comparisons of a search.
    private const double VerifyRate = 1e-4;
    private const double IdentifyRate = 1e-5;

    private Contract Contract => new(pipeline.ContractId, pipeline.Dimension);

    /// <inheritdoc/>
    public async Task<PictureFaces> AnalyseAsync(byte[] picture, bool embed, PadPolicy pad, CancellationToken cancellationToken)
    {
        if (pad == PadPolicy.Require && pipeline.Liveness is null)
        {
            throw new FaceGridException(ErrorCodes.PadUnavailable, "A live face is required, and this node has no model that tells one.");
        }

        PictureAnalysis analysis = await pipeline.AnalyseAsync(picture, embed, liveness: pad != PadPolicy.Off, cancellationToken);
        return analysis.Status == PictureStatus.Ok
            ? new PictureFaces(analysis.Width, analysis.Height, Contract, [.. analysis.Faces.Select(Face)])
            : throw new FaceGridException(CodeOf(analysis.Status), analysis.Detail ?? "The picture could not be read.");
    }

    /// <inheritdoc/>
    public Task<EmbedderInfo> DescribeAsync() => Task.FromResult(new EmbedderInfo(
        pipeline.Embedder.Id,
        pipeline.Detector.Id,
        pipeline.ExecutionProvider,
        Contract,
        pipeline.QueueLength,
        ThresholdAt(VerifyRate),
        ThresholdAt(IdentifyRate),
        pipeline.Embedder.Calibration?.Impostor is { } model ? new ErrorModel(model.Intercept, model.Slope, model.RateMeasured, model.RateMin) : null,
        [.. pipeline.Liveness?.Models ?? []]));

    private Threshold? ThresholdAt(double rate)
    {
        // A calibration knows every rate, not only those that somebody wrote down.
        if (pipeline.Embedder.Calibration?.Impostor is { } model)
        {
            return new Threshold(model.DistanceAt(rate), "profile", rate, Extrapolated: rate < model.RateMeasured);
        }

        foreach (var threshold in pipeline.Embedder.Thresholds)
        {
            if (Math.Abs(threshold.FalseMatchRate - rate) < rate / 100)
            {
                return new Threshold(threshold.Distance, "profile", threshold.FalseMatchRate);
            }
        }

        return null;
    }

    private PictureFace Face(AnalysedFace face) => new(
        face.Box.X,
        face.Box.Y,
        face.Box.Width,
        face.Box.Height,
        face.Landmarks.ToArray(),
        face.Confidence,
        new FaceQualityInfo(
            face.Quality.EyeDistancePixels, face.Quality.Sharpness, face.Quality.Brightness, face.Quality.Contrast, face.Quality.Yaw, face.Quality.Pitch, face.Quality.Roll),
        face.Embedding is null ? null : Vectors.ToBytes(face.Embedding),
        pipeline.Liveness is { } meter && face.Live is { } live ? new Liveness(live, meter.Threshold, [.. meter.Models]) : null);

    private static string CodeOf(PictureStatus status) => status switch
    {
        PictureStatus.Empty => ErrorCodes.EmptyBody,
        PictureStatus.NotAPicture => ErrorCodes.NotAPicture,
        PictureStatus.Corrupt => ErrorCodes.CorruptPicture,
        PictureStatus.TooManyBytes => ErrorCodes.TooManyBytes,
        PictureStatus.TooManyPixels => ErrorCodes.TooManyPixels,
        PictureStatus.Busy => ErrorCodes.Busy,
        _ => ErrorCodes.Internal,
    };
}
