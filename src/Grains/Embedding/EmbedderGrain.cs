using FaceGrid.Abstractions.Cluster;
using FaceGrid.Abstractions.Embedding;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Galleries;
using FaceGrid.Abstractions.People;
using FaceGrid.Abstractions.Policies;
using FaceGrid.Grains.Placement;
using FaceGrid.Models;
using FaceGrid.Vision;
using FaceGrid.Vision.Alignment;
using FaceGrid.Vision.Embedding;

namespace FaceGrid.Grains.Embedding;

/// <inheritdoc cref="IEmbedderGrain"/>
[KeepAlive]
[SiloPinned]
[RequireRole(Roles.Embedder)]
[GrainType("embedder")]
public sealed class EmbedderGrain(FacePipeline pipeline) : Grain, IEmbedderGrain
{
    // One false match in 10,000 comparisons with a claimed person; one in 100,000 for each of the many comparisons of a search.
    private const double VerifyRate = 1e-4;
    private const double IdentifyRate = 1e-5;

    private Contract First => ContractOf(pipeline.Embedder);

    private Contract? Next => pipeline.NextEmbedder is { } next ? ContractOf(next) : null;

    /// <inheritdoc/>
    public async Task<PictureFaces> AnalyseAsync(
        byte[] picture, AnalysisRequest request, PadPolicy pad, CancellationToken cancellationToken)
    {
        if (pad == PadPolicy.Require && pipeline.Liveness is null)
        {
            throw new FaceGridException(ErrorCodes.PadUnavailable, "A live face is required, and this node has no model that tells one.");
        }

        Contract main = Held(request.Contract) ?? First;
        Contract? other = Held(request.OtherContract);
        bool embedsNext = request.Embed && Next is not null && (main == Next || other == Next);
        bool embedsFirst = request.Embed && (main == First || other == First);
        var wanted = new PictureRequest(embedsFirst, embedsNext, Liveness: pad != PadPolicy.Off, request.Crop);
        PictureAnalysis analysis = await pipeline.AnalyseAsync(picture, wanted, cancellationToken);
        if (analysis.Status != PictureStatus.Ok)
        {
            throw PictureProblems.Of(analysis);
        }

        PictureFace[] faces = [.. analysis.Faces.Select(face => Face(face, main, other))];
        return new PictureFaces(analysis.Width, analysis.Height, main, faces) { OtherContract = other, Turned = analysis.Turned };
    }

    /// <inheritdoc/>
    public async Task<byte[]?[]> EmbedCropsAsync(FaceCrop[] crops, string contract, CancellationToken cancellationToken)
    {
        Held(contract);
        AlignedCrop[] aligned = [.. crops.Select(crop => new AlignedCrop(crop.Picture, FaceLandmarks.FromArray(crop.Landmarks)))];
        float[]?[] vectors = await pipeline.EmbedAsync(aligned, contract, cancellationToken)
            ?? throw new FaceGridException(ErrorCodes.Busy, "The embedder's queue is full.");
        return Array.ConvertAll(vectors, vector => vector is null ? null : Vectors.ToBytes(vector));
    }

    /// <inheritdoc/>
    public Task<EmbedderInfo> DescribeAsync() => Task.FromResult(Describe(pipeline.Embedder) with
    {
        Next = pipeline.NextEmbedder is { } next ? Describe(next) : null,
    });

    private EmbedderInfo Describe(EmbedderProfile embedder) => new(
        embedder.Id,
        pipeline.Detector.Id,
        pipeline.ExecutionProvider,
        ContractOf(embedder),
        pipeline.QueueLength,
        ThresholdAt(embedder, VerifyRate),
        ThresholdAt(embedder, IdentifyRate),
        embedder.Calibration?.Impostor is { } model
            ? new ErrorModel(model.Intercept, model.Slope, model.RateMeasured, model.RateMin)
            : null,
        embedder.Upgrade,
        pipeline.Detector.Upgrade,
        [.. pipeline.Liveness?.Models ?? []]);

    private static Contract ContractOf(EmbedderProfile embedder) => new(embedder.ContractId, embedder.Dimension);

    /// <summary>The contract of that id; null for null.</summary>
    /// <exception cref="FaceGridException"><see cref="ErrorCodes.ModelUnavailable"/>.</exception>
    private Contract? Held(string? contract) => contract is null ? null
        : contract == First.Id ? First
        : contract == Next?.Id ? Next
        : throw new FaceGridException(
            ErrorCodes.ModelUnavailable,
            $"This node makes no vectors of contract '{contract}'; "
            + "its embedders are set with FaceGrid__Vision__Embedder and FaceGrid__Vision__NextEmbedder.");

    /// <summary>
    /// The profile's threshold for that rate; where its calibration does not reach so low, the one for its lowest rate. The rate goes
    /// with the threshold into every answer.
    /// </summary>
    private static Threshold? ThresholdAt(EmbedderProfile embedder, double rate)
    {
        // A calibration knows every rate, not only those that the profile lists.
        if (embedder.Calibration?.Impostor is { } model)
        {
            return new Threshold(model.DistanceAt(rate), "profile", rate, Extrapolated: rate < model.RateMeasured);
        }

        MatchThreshold? best = embedder.Thresholds
            .Where(threshold => threshold.FalseMatchRate > rate * 0.99)
            .MinBy(threshold => threshold.FalseMatchRate);
        return best is null ? null : new Threshold(best.Distance, "profile", best.FalseMatchRate);
    }

    private PictureFace Face(AnalysedFace face, Contract main, Contract? other) => new(
        face.Box.X,
        face.Box.Y,
        face.Box.Width,
        face.Box.Height,
        face.Landmarks.ToArray(),
        face.Confidence,
        AnalysedFaces.QualityOf(face),
        VectorOf(face, main),
        AnalysedFaces.LivenessOf(face, pipeline.Liveness))
    {
        OtherVector = other is null ? null : VectorOf(face, other),
        Crop = face.Crop is { } crop ? new FaceCrop(crop.Picture, crop.Landmarks.ToArray()) : null,
    };

    private byte[]? VectorOf(AnalysedFace face, Contract contract) =>
        (contract == First ? face.Embedding : face.NextEmbedding) is { } vector ? Vectors.ToBytes(vector) : null;
}
