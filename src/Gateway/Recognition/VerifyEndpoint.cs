namespace FaceGrid.Gateway;

/// <summary>Is this the person they claim to be?</summary>
internal static class VerifyEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/galleries/{gallery}/people/{person}/verify", PostAsync).WithTags("Recognition")
            .WithSummary("Compares a picture with exactly one usable face, or an embedding, with a person.")
            .Accepts<ProbeBody>("application/json", PictureTypes.All).Produces<VerifiedBody>();

    private static async Task<IResult> PostAsync(
        string gallery,
        string person,
        HttpContext context,
        RequestBodies bodies,
        FaceReader reader,
        GridCaller grid,
        GatewayMetrics metrics,
        CancellationToken cancellationToken)
    {
        IPersonGrain grain = grid.Person(gallery, person);
        (Probe probe, PictureFace? face, _) = await reader.ReadOneAsync(context, bodies, cancellationToken);
        VerifyResult result = await grid.CallAsync(token => grain.VerifyAsync(probe, token), cancellationToken);
        metrics.Verified(result.Match);
        var body = new VerifiedBody(result.Match, result.Distance, result.FaceId, result.Threshold, BoxBody.OfNullable(face));
        return Answers.Json(body, GatewayJson.Default.VerifiedBody);
    }
}
