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
        return Answers.Json(new DetectedBody(faces.Width, faces.Height, found), GatewayJson.Default.DetectedBody);
    }

    private static async Task<IResult> EmbedAsync(
        HttpContext context, [AsParameters] RecognitionServices services, CancellationToken cancellationToken, string? pad = null)
    {
        PictureFaces faces = await ReadAsync(
            context, services, embed: true, PadText.Parse(pad, "pad") ?? PadPolicy.Report, cancellationToken);
        return Answers.Json(
            new EmbeddedBody(
                faces.Width, faces.Height, faces.Contract, [.. faces.Faces.Select(FaceBody.Of)]), GatewayJson.Default.EmbeddedBody);
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

        (Probe a, Probe b) = await ReadPairAsync(context, bodies, reader, cancellationToken);
        int dimension = a.Vector.Length / sizeof(float);
        float distance = Distance(Vectors.ToUnit(a.Vector, dimension), Vectors.ToUnit(b.Vector, dimension));
        Threshold threshold = await embedders.VerifyThresholdAsync(a.Contract, dimension, cancellationToken) ?? Threshold.None;
        return Answers.Json(
            new ComparedBody(threshold.Matches(distance), distance, threshold), GatewayJson.Default.ComparedBody);
    }

    private static async Task<(Probe A, Probe B)> ReadPairAsync(
        HttpContext context, RequestBodies bodies, FaceReader reader, CancellationToken cancellationToken)
    {
        if (!RequestBodies.IsForm(context.Request))
        {
            ComparePairBody pair = await bodies.ReadJsonAsync(context, GatewayJson.Default.ComparePairBody, cancellationToken);
            return (new ProbeBody(pair.A, null).ToProbe(), new ProbeBody(pair.B, null).ToProbe());
        }

        (byte[] pictureA, byte[] pictureB) = await bodies.ReadPairAsync(context, cancellationToken);
        bool main = FaceReader.WantsMain(context.Request);
        Task<(Probe Probe, PictureFace Face)> first = reader.AnalyseOneAsync(pictureA, main, PadPolicy.Off, cancellationToken);
        Task<(Probe Probe, PictureFace Face)> second = reader.AnalyseOneAsync(pictureB, main, PadPolicy.Off, cancellationToken);
        await Task.WhenAll(first, second);
        (Probe a, Probe b) = ((await first).Probe, (await second).Probe);
        return a.Contract == b.Contract
            ? (a, b)
            : throw new FaceGridException(ErrorCodes.ContractMismatch, "The two pictures were read by embedders with different models.");
    }

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
