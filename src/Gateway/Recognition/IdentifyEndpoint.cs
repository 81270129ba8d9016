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

/// <summary>Identifies faces: who is this, out of everybody enrolled, or nobody?</summary>
internal static class IdentifyEndpoint
{
    private const int ProbesMax = 4096;

    /// <summary>
    /// Most candidates in one answer. A candidate takes at most about 210 bytes of JSON (a person id of 128, a face id of 32), so an answer
    /// stays within 21 MB.
    /// </summary>
    private const int CandidatesMax = 100_000;

    // The answer for a face that is not searched for, because it is too small to embed or was rejected as not live.
    private static readonly ProbeAnswer Nobody = new(null, []);

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/galleries/{gallery}/identify", PostAsync).WithTags("Recognition").Needs(KeyPermission.Recognise)
            .WithSummary("Finds the nearest people for every face of a picture, or for embeddings.")
            .Accepts<IdentifyProbesBody>("application/json", PictureTypes.All).Produces<IdentifiedBody>();

    private static async Task<IResult> PostAsync(
        string gallery,
        HttpContext context,
        [AsParameters] RecognitionServices services,
        CancellationToken cancellationToken,
        int limit = 5,
        float? threshold = null,
        bool partial = false,
        string? pad = null)
    {
        Ids.CheckGallery(gallery);
        Parameters.CheckLimit(limit);
        Parameters.CheckThreshold(threshold, "threshold");
        PadPolicy policy = await services.Gate.InForceAsync(gallery, static gallery => gallery.Identify, pad, cancellationToken);
        var question = new IdentifyRequest(gallery, [], limit, threshold, partial);
        if (RequestBodies.IsJson(context.Request))
        {
            PadGate.RefuseEmbedding(policy);
            Probe[] probes = await ReadProbesAsync(context, services.Bodies, cancellationToken);
            return await AnswerAsync(question, probes, picture: null, spoofs: [], services, cancellationToken);
        }

        byte[] picture = await services.Bodies.ReadPictureAsync(context, cancellationToken);
        return await services.Pictures.AskAsync(
            new PictureGallery(gallery, Enrols: false), picture, policy, IdentifyAsync, cancellationToken);

        Task<IResult> IdentifyAsync(PictureFaces read)
        {
            // A face that is not live is not searched for. Nothing in the answer may reveal whose picture was shown to the camera.
            bool[] spoofs = [.. read.Faces.Select(face => services.Gate.Rejects(face, policy))];
            Probe?[] probes =
            [
                .. read.Faces.Select(
                    (face, index) => face.Vector is null || spoofs[index] ? null : new Probe(face.Vector, read.Contract.Id)),
            ];
            return AnswerAsync(question, probes, read, spoofs, services, cancellationToken);
        }
    }

    /// <summary>Searches for the probes of a request and makes its answer.</summary>
    /// <param name="question">The question without its probes.</param>
    /// <param name="probes">One probe per face; null for a face that is not searched for.</param>
    /// <param name="picture">The faces of the picture, or null when embeddings were given.</param>
    /// <param name="spoofs">For each face of the picture, whether it was rejected as not live. Empty when embeddings were given.</param>
    /// <param name="services">Services.</param>
    /// <param name="cancellationToken">Ends the search, which changes nothing.</param>
    private static async Task<IResult> AnswerAsync(
        IdentifyRequest question,
        Probe?[] probes,
        PictureFaces? picture,
        bool[] spoofs,
        RecognitionServices services,
        CancellationToken cancellationToken)
    {
        PictureFace[]? faces = picture?.Faces;
        int turned = picture?.Turned ?? 0;
        Probe[] asked = [.. probes.OfType<Probe>()];
        if (asked.Length * question.Limit > CandidatesMax)
        {
            throw new FaceGridException(
                ErrorCodes.InvalidParameter,
                $"{asked.Length} faces times limit {question.Limit} are more than {CandidatesMax} candidates. Lower the limit, or send "
                    + "several requests.");
        }

        if (asked.Length == 0)
        {
            IdentifiedFaceBody[] nobody = [.. probes.Select((_, index) => ToFace(Nobody, faces?[index], spoofs.ElementAtOrDefault(index)))];
            return await AnswerUnsearchedAsync(question, Counted(nobody, services.Metrics), turned, services.Grid, cancellationToken);
        }

        IdentifyAnswer answer = await AskAsync(question with { Probes = asked }, services.Grid, cancellationToken);
        var answers = new Queue<ProbeAnswer>(answer.Answers);
        IdentifiedFaceBody[] identified =
        [
            .. probes.Select((probe, index) => ToFace(
                probe is null ? Nobody : answers.Dequeue(), faces?[index], spoofs.ElementAtOrDefault(index))),
        ];
        var body = new IdentifiedBody(
            Counted(identified, services.Metrics),
            answer.Threshold,
            answer.People,
            answer.ShardsAnswered == answer.ShardsAsked,
            new ShardsBody(answer.ShardsAsked, answer.ShardsAnswered))
        {
            Turned = turned,
        };
        return Answers.Json(body, GatewayJson.Default.IdentifiedBody);
    }

    private static async Task<Probe[]> ReadProbesAsync(HttpContext context, RequestBodies bodies, CancellationToken cancellationToken)
    {
        IdentifyProbesBody body = await bodies.ReadJsonAsync(context, GatewayJson.Default.IdentifyProbesBody, cancellationToken);
        if (body.Embeddings is null || body.Embeddings.Any(embedding => embedding is null))
        {
            throw new FaceGridException(ErrorCodes.InvalidJson, "The member embeddings must be a list of embeddings.");
        }

        return body.Embeddings.Length is not (>= 1 and <= ProbesMax)
            ? throw new FaceGridException(ErrorCodes.InvalidParameter, $"The member embeddings must have 1 to {ProbesMax} entries.")
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

    // A picture without a face to search for is not an error. It gets an answer, and no shard is asked.
    private static async Task<IResult> AnswerUnsearchedAsync(
        IdentifyRequest question, IdentifiedFaceBody[] faces, int turned, GridCaller grid, CancellationToken cancellationToken)
    {
        IGalleryGrain grain = grid.Gallery(question.Gallery);
        GalleryInfo info = await grid.CallAsync(grain.GetAsync, cancellationToken) ?? throw GalleryEndpoints.NotFound();
        Threshold inForce = question.Threshold is { } given ? new Threshold(given, "request", null) : info.Identify ?? Threshold.None;
        return Answers.Json(
            new IdentifiedBody(faces, inForce, info.People ?? 0, true, new ShardsBody(0, 0)) { Turned = turned },
            GatewayJson.Default.IdentifiedBody);
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
        spoof ? Decisions.Spoof : answer.Person is null ? Decisions.Unknown : Decisions.Match,
        answer.Person,
        answer.RunnerUp - (answer.Candidates.Length > 0 ? answer.Candidates[0].Distance : null),
        [.. answer.Candidates.Select(candidate => new CandidateBody(candidate.Person, candidate.FaceId, candidate.Distance))]);
}
