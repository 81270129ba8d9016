using FaceGrid.Abstractions.Embedding;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Galleries;
using FaceGrid.Abstractions.People;
using FaceGrid.Abstractions.Search;
using FaceGrid.Gateway.Bodies;
using FaceGrid.Gateway.Galleries;
using FaceGrid.Gateway.Grid;
using FaceGrid.Gateway.Observability;
using FaceGrid.Gateway.Pad;
using FaceGrid.Gateway.Problems;
using FaceGrid.Gateway.Security;

namespace FaceGrid.Gateway.Recognition;

/// <summary>Who is this, out of everybody enrolled, or nobody?</summary>
internal static class IdentifyEndpoint
{
    private const int ProbesMax = 4096;

    /// <summary>Candidates of one answer. One is at most some 210 bytes of JSON (a person's id of 128, a face's of 32), so that an answer stays within 21 MB.</summary>
    private const int CandidatesMax = 100_000;

    // A face too small to be embedded is in the picture, but nobody can say whose it is.
    private static readonly ProbeAnswer Nobody = new(null, []);

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/galleries/{gallery}/identify", PostAsync).WithTags("Recognition").Needs(KeyPermission.Recognise)
            .WithSummary("Finds the nearest people for every face of a picture, or for embeddings.")
            .Accepts<IdentifyProbesBody>("application/json", PictureTypes.All).Produces<IdentifiedBody>();

    private static async Task<IResult> PostAsync(
        string gallery,
        HttpContext context,
        RequestBodies bodies,
        GalleryPictures pictures,
        GridCaller grid,
        PadGate gate,
        GatewayMetrics metrics,
        CancellationToken cancellationToken,
        int limit = 5,
        float? threshold = null,
        bool partial = false,
        string? pad = null)
    {
        Ids.CheckGallery(gallery);
        Parameters.CheckLimit(limit);
        Parameters.CheckThreshold(threshold, "threshold");
        PadPolicy policy = await gate.InForceAsync(gallery, static gallery => gallery.Identify, pad, cancellationToken);
        if (RequestBodies.IsJson(context.Request))
        {
            PadGate.RefuseEmbedding(policy);
            return await AnswerAsync(await ReadProbesAsync(context, bodies, cancellationToken), faces: null);
        }

        byte[] picture = await bodies.ReadPictureAsync(context, cancellationToken);
        return await pictures.AskAsync(
            gallery,
            picture,
            PictureWish.ToSearch,
            policy,
            read => AnswerAsync([.. read.Faces.Select(face => face.Vector is null ? null : new Probe(face.Vector, read.Contract.Id))], read.Faces),
            cancellationToken);

        async Task<IResult> AnswerAsync(Probe?[] probes, PictureFace[]? faces)
        {
            // A face that is no live one is not searched for: nothing in the answer may tell whose picture was held up.
            bool[] spoofs = [.. (faces ?? []).Select(face => gate.Rejects(face, policy))];
            probes = [.. probes.Select((probe, index) => faces is not null && spoofs[index] ? null : probe)];
            Probe[] asked = [.. probes.OfType<Probe>()];
            if (asked.Length == 0)
            {
                IdentifiedFaceBody[] nobody = [.. (faces ?? []).Select((face, index) => ToFace(Nobody, face, spoofs[index]))];
                return await NobodyAsync(gallery, Counted(nobody, metrics), threshold, grid, cancellationToken);
            }

            if (asked.Length * limit > CandidatesMax)
            {
                throw new FaceGridException(ErrorCodes.InvalidParameter, $"{asked.Length} faces times limit {limit} are more than {CandidatesMax} candidates: ask for fewer of each, or in several requests.");
            }

            IdentifyAnswer answer = await AskAsync(new IdentifyRequest(gallery, asked, limit, threshold, partial), grid, cancellationToken);
            var answers = new Queue<ProbeAnswer>(answer.Answers);
            IdentifiedFaceBody[] identified = [.. probes.Select((probe, index) => ToFace(probe is null ? Nobody : answers.Dequeue(), faces?[index], faces is not null && spoofs[index]))];
            var body = new IdentifiedBody(
                Counted(identified, metrics), answer.Threshold, answer.People, answer.ShardsAnswered == answer.ShardsAsked, new ShardsBody(answer.ShardsAsked, answer.ShardsAnswered));
            return Answers.Json(body, GatewayJson.Default.IdentifiedBody);
        }
    }

    private static async Task<Probe?[]> ReadProbesAsync(HttpContext context, RequestBodies bodies, CancellationToken cancellationToken)
    {
        IdentifyProbesBody body = await bodies.ReadJsonAsync(context, GatewayJson.Default.IdentifyProbesBody, cancellationToken);
        if (body.Embeddings is null || body.Embeddings.Any(embedding => embedding is null))
        {
            throw new FaceGridException(ErrorCodes.InvalidJson, "The member embeddings is a list of embeddings.");
        }

        return body.Embeddings.Length is not (>= 1 and <= ProbesMax)
            ? throw new FaceGridException(ErrorCodes.InvalidParameter, $"embeddings has 1 to {ProbesMax} entries.")
            : [.. body.Embeddings.Select(embedding => new Probe(embedding.Bytes, body.Contract))];
    }

    private static async Task<IdentifyAnswer> AskAsync(IdentifyRequest request, GridCaller grid, CancellationToken cancellationToken)
    {
        try
        {
            return await grid.CallAsync(token => grid.Identify.IdentifyAsync(request, token), cancellationToken);
        }
        catch (Exception exception) when (ProblemMapping.IsTransient(exception, cancellationToken))
        {
            throw new FaceGridException(ErrorCodes.ShardsMissing, "The gallery's shards could not be reached; try again.", exception);
        }
    }

    // A picture without a face that can be embedded is an answer, not an error; no shard needs to be asked for it.
    private static async Task<IResult> NobodyAsync(string gallery, IdentifiedFaceBody[] faces, float? threshold, GridCaller grid, CancellationToken cancellationToken)
    {
        IGalleryGrain grain = grid.Gallery(gallery);
        GalleryInfo info = await grid.CallAsync(grain.GetAsync, cancellationToken) ?? throw GalleryEndpoints.NotFound();
        Threshold inForce = threshold is { } given ? new Threshold(given, "request", null) : info.Identify ?? Thresholds.None;
        return Answers.Json(new IdentifiedBody(faces, inForce, info.People ?? 0, true, new ShardsBody(0, 0)), GatewayJson.Default.IdentifiedBody);
    }

    private static IdentifiedFaceBody[] Counted(IdentifiedFaceBody[] faces, GatewayMetrics metrics)
    {
        Array.ForEach(faces, face => metrics.Identified(face.Decision));
        return faces;
    }

    private static IdentifiedFaceBody ToFace(ProbeAnswer answer, PictureFace? face, bool spoof) => new(
        BoxBody.OfNullable(face),
        face?.Confidence,
        face?.Quality,
        face?.Liveness,
        spoof ? "spoof" : answer.Person is null ? "unknown" : "match",
        answer.Person,
        answer.RunnerUp - (answer.Candidates.Length > 0 ? answer.Candidates[0].Distance : null),
        [.. answer.Candidates.Select(candidate => new CandidateBody(candidate.Person, candidate.FaceId, candidate.Distance))]);
}
