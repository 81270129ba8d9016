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
            : throw PictureProblems.Of(analysis);
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
        pipeline.Embedder.Upgrade,
        pipeline.Detector.Upgrade,
        [.. pipeline.Liveness?.Models ?? []]));

    /// <summary>The profile's threshold for that rate; where its calibration does not reach so low, the one for its lowest rate. The rate goes with the threshold into every answer.</summary>
    private Threshold? ThresholdAt(double rate)
    {
        // A calibration knows every rate, not only those that somebody wrote down.
        if (pipeline.Embedder.Calibration?.Impostor is { } model)
        {
            return new Threshold(model.DistanceAt(rate), "profile", rate, Extrapolated: rate < model.RateMeasured);
        }

        MatchThreshold? best = pipeline.Embedder.Thresholds.Where(threshold => threshold.FalseMatchRate > rate * 0.99).MinBy(threshold => threshold.FalseMatchRate);
        return best is null ? null : new Threshold(best.Distance, "profile", best.FalseMatchRate);
    }

    private PictureFace Face(AnalysedFace face) => new(
        face.Box.X,
        face.Box.Y,
        face.Box.Width,
        face.Box.Height,
        face.Landmarks.ToArray(),
        face.Confidence,
        AnalysedFaces.QualityOf(face),
        face.Embedding is null ? null : Vectors.ToBytes(face.Embedding),
        AnalysedFaces.LivenessOf(face, pipeline.Liveness));
}
