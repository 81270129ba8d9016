using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Sightings;
using FaceGrid.Gateway.Bodies;
using FaceGrid.Gateway.Grid;
using FaceGrid.Gateway.Security;

namespace FaceGrid.Gateway.Sightings;

/// <summary>Routes of the sightings: list, read, erase.</summary>
internal static class SightingEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup("/v1/sightings").WithTags("Sightings").Needs(KeyPermission.Watch);
        group.MapGet(
            "",
            (HttpContext context, GridCaller grid, CancellationToken cancellationToken, string? after = null, int limit = 100) =>
                ListAsync(context, grid, null, after, limit, cancellationToken))
            .WithSummary("Lists sightings. The one that began last comes first.")
            .Needs(KeyPermission.Watch, KeyReach.ByQuery)
            .Produces<SightingsBody>();
        group.MapGet("/{sighting}", GetAsync).WithSummary("Reads a sighting.").Produces<SightingJson>();
        group.MapGet("/{sighting}/picture", GetPictureAsync)
            .WithSummary("Reads the picture of a sighting.")
            .Produces(StatusCodes.Status200OK, contentType: "image/jpeg");
        group.MapDelete("/{sighting}", DeleteAsync)
            .WithSummary("Erases a sighting, its picture and its events.")
            .Needs(KeyPermission.Administer)
            .Produces(StatusCodes.Status204NoContent);
        routes.MapGet(
                "/v1/cameras/{camera}/sightings",
                (
                    string camera,
                    HttpContext context,
                    GridCaller grid,
                    CancellationToken cancellationToken,
                    string? after = null,
                    int limit = 100) => ListAsync(context, grid, camera, after, limit, cancellationToken))
            .WithTags("Sightings").WithSummary("Lists the sightings of a camera.").Needs(KeyPermission.Watch).Produces<SightingsBody>();
    }

    private static async Task<IResult> ListAsync(
        HttpContext context, GridCaller grid, string? camera, string? after, int limit, CancellationToken cancellationToken)
    {
        Parameters.CheckLimit(limit);
        SightingQuery query = SightingParameters.Read(context.Request.Query, camera);
        SightingPage page = await grid.CallAsync(
            token => grid.Sightings.ListAsync(query, Parameters.NullIfEmpty(after), limit, token), cancellationToken);
        return Answers.Json(new SightingsBody([.. page.Sightings.Select(SightingJson.Of)], page.Next), GatewayJson.Default.SightingsBody);
    }

    private static async Task<IResult> GetAsync(string sighting, GridCaller grid, CancellationToken cancellationToken)
    {
        string id = Check(sighting);
        Sighting found = await grid.CallAsync(token => grid.Sightings.GetAsync(id, token), cancellationToken) ?? throw NotFound();
        return Answers.Json(SightingJson.Of(found), GatewayJson.Default.SightingJson);
    }

    private static async Task<IResult> GetPictureAsync(string sighting, GridCaller grid, CancellationToken cancellationToken)
    {
        string id = Check(sighting);
        byte[] picture = await grid.CallAsync(token => grid.Sightings.GetPictureAsync(id, token), cancellationToken) ?? throw NotFound();
        return Results.Bytes(picture, "image/jpeg");
    }

    private static async Task<IResult> DeleteAsync(string sighting, GridCaller grid, CancellationToken cancellationToken)
    {
        string id = Check(sighting);
        // The answer is the same when there was no such sighting, because an earlier attempt may have erased it.
        await grid.CallAsync(token => grid.Sightings.DeleteAsync(id, token), cancellationToken);
        return Results.NoContent();
    }

    private static string Check(string id) => Parameters.IsFaceId(id) ? id : throw NotFound(); // A sighting id has the form of a face id.

    private static FaceGridException NotFound() =>
        new(ErrorCodes.SightingNotFound, "There is no sighting with this id, or no picture of it.");
}
