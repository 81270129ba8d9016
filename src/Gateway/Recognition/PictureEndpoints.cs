using FaceGrid.Abstractions.Embedding;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Galleries;
using FaceGrid.Abstractions.People;
using FaceGrid.Abstractions.Search;
using FaceGrid.Gateway.Bodies;
using FaceGrid.Gateway.Grid;
using FaceGrid.Gateway.Pad;
using FaceGrid.Gateway.People;
using FaceGrid.Gateway.Security;

namespace FaceGrid.Gateway.Recognition;

/// <summary>Routes that read pictures without a gallery: detect, embed, compare.</summary>
internal static class PictureEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup("/v1").WithTags("Recognition").Needs(KeyPermission.Recognise, KeyReach.Nothing);
        group.MapPost("/detect", DetectAsync).WithSummary("Finds the faces of a picture.")
            .Accepts<IFormFile>("image/*", PictureTypes.All).Produces<DetectedBody>();
        group.MapPost("/embed", EmbedAsync).WithSummary("Finds the faces of a picture and their embeddings.")
            .Accepts<IFormFile>("image/*", PictureTypes.All).Produces<EmbeddedBody>();
        group.MapPost("/compare", CompareAsync).WithSummary("Compares two pictures (form files a and b) or two embeddings.")
            .Accepts<ComparePairBody>("application/json", "multipart/form-data").Produces<ComparedBody>();
    }

    private static async Task<IResult> DetectAsync(
        HttpContext context, [AsParameters] RecognitionServices services, CancellationToken cancellationToken, string? pad = null)
    {
        PictureFaces faces = await ReadAsync(
            context, services, embed: false, PadText.Parse(pad, "pad") ?? PadPolicy.Report, cancellationToken);
        FaceBody[] found = [.. faces.Faces.Select(face => FaceBody.Of(face with { Vector = null }))];
        return Answers.Json(
            new DetectedBody(faces.Width, faces.Height, found) { Turned = faces.Turned }, GatewayJson.Default.DetectedBody);
    }

    private static async Task<IResult> EmbedAsync(
        HttpContext context, [AsParameters] RecognitionServices services, CancellationToken cancellationToken, string? pad = null)
    {
        PictureFaces faces = await ReadAsync(
            context, services, embed: true, PadText.Parse(pad, "pad") ?? PadPolicy.Report, cancellationToken);
        return Answers.Json(
            new EmbeddedBody(faces.Width, faces.Height, faces.Contract, [.. faces.Faces.Select(FaceBody.Of)]) { Turned = faces.Turned },
            GatewayJson.Default.EmbeddedBody);
    }

    private static async Task<PictureFaces> ReadAsync(
        HttpContext context, RecognitionServices services, bool embed, PadPolicy pad, CancellationToken cancellationToken)
    {
        byte[] picture = await services.Bodies.ReadPictureAsync(context, cancellationToken);
        AnalysisRequest request = embed ? AnalysisRequest.Embeddings : AnalysisRequest.Faces;
        PictureFaces faces = (await services.Embedders.AnalyseAsync(picture, request, pad, cancellationToken)).Faces;
        foreach (Liveness liveness in faces.Faces.Select(face => face.Liveness).OfType<Liveness>())
        {
            services.Metrics.Judged(liveness.IsLive, pad);
        }

        // When the policy requires live faces, a face that is not live gets no vector.
        return pad == PadPolicy.Require
            ? faces with { Faces = [.. faces.Faces.Select(face => face.Liveness is { IsLive: true } ? face : face with { Vector = null })] }
            : faces;
    }

    private static async Task<IResult> CompareAsync(
        HttpContext context, RequestBodies bodies, FaceReader reader, EmbedderDirectory embedders, CancellationToken cancellationToken)
    {
        if (context.Request.Query.ContainsKey("pad"))
        {
            throw new FaceGridException(ErrorCodes.InvalidParameter, "Compare does not check whether faces are live; detect does.");
        }

        (OneFace one, OneFace other) = await ReadPairAsync(context, bodies, reader, cancellationToken);
        (Probe a, Probe b) = (one.Probe, other.Probe);
        int dimension = a.Vector.Length / sizeof(float);
        float distance = Distance(Vectors.ToUnit(a.Vector, dimension), Vectors.ToUnit(b.Vector, dimension));
        Threshold threshold = await embedders.VerifyThresholdAsync(a.Contract, dimension, cancellationToken) ?? Threshold.None;
        return Answers.Json(
            new ComparedBody(threshold.Matches(distance), distance, threshold)
            {
                ChosenA = one.Chosen,
                ChosenB = other.Chosen,
                TurnedA = one.Turned,
                TurnedB = other.Turned,
            },
            GatewayJson.Default.ComparedBody);
    }

    private static async Task<(OneFace A, OneFace B)> ReadPairAsync(
        HttpContext context, RequestBodies bodies, FaceReader reader, CancellationToken cancellationToken)
    {
        if (!RequestBodies.IsForm(context.Request))
        {
            ComparePairBody pair = await bodies.ReadJsonAsync(context, GatewayJson.Default.ComparePairBody, cancellationToken);
            return (OfEmbedding(pair.A), OfEmbedding(pair.B));
        }

        (byte[] pictureA, byte[] pictureB) = await bodies.ReadPairAsync(context, cancellationToken);
        FaceChoice choice = FaceChoice.Of(context.Request);
        Task<OneFace> first = reader.AnalyseOneAsync(pictureA, choice, PadPolicy.Off, cancellationToken);
        Task<OneFace> second = reader.AnalyseOneAsync(pictureB, choice, PadPolicy.Off, cancellationToken);
        await Task.WhenAll(first, second);
        (OneFace a, OneFace b) = (await first, await second);
        return a.Probe.Contract == b.Probe.Contract
            ? (a, b)
            : throw new FaceGridException(ErrorCodes.ContractMismatch, "The two pictures were read by embedders with different models.");
    }

    private static OneFace OfEmbedding(Embedding? embedding) =>
        new(new ProbeBody(embedding, null).ToProbe(), Face: null, OtherContract: null, Id: "");

    /// <summary>Euclidean distance of two unit vectors, 0 to 2.</summary>
    private static float Distance(float[] a, float[] b)
    {
        double squares = 0;
        for (int i = 0; i < a.Length; i++)
        {
            double difference = (double)a[i] - b[i];
            squares += difference * difference;
        }

        return (float)Math.Sqrt(squares);
    }
}
