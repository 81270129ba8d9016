using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Galleries;
using FaceGrid.Abstractions.People;
using FaceGrid.Gateway.Bodies;
using FaceGrid.Gateway.Grid;
using FaceGrid.Gateway.Security;

namespace FaceGrid.Gateway.Galleries;

/// <summary>The steps of a gallery's migration to another model.</summary>
internal static class MigrationEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup("/v1/galleries/{gallery}/migration")
            .WithTags("Galleries")
            .Needs(KeyPermission.Administer);
        group.MapPost("", BeginAsync)
            .WithSummary("Begins the migration of a gallery to another model.")
            .Accepts<MigrationRequestBody>("application/json")
            .Produces<MigrationBody>();
        group.MapGet("", GetAsync).WithSummary("Reads the progress of the migration.").Needs(KeyPermission.Read).Produces<MigrationBody>();
        group.MapDelete("", AbortAsync).WithSummary("Aborts the migration before the switch.").Produces<MigrationBody>();
        group.MapPost("/switch", SwitchAsync).WithSummary("Switches searches to the new model.").Produces<MigrationBody>();
        group.MapPost("/rollback", RollBackAsync).WithSummary("Switches searches back to the old model.").Produces<MigrationBody>();
        group.MapPost("/finish", FinishAsync)
            .WithSummary("Ends the migration after the switch, and erases the vectors of the old model.")
            .Produces<MigrationBody>();
        routes.MapGet("/v1/galleries/{gallery}/lacking", ListLackingAsync).WithTags("Galleries")
            .Needs(KeyPermission.Read)
            .WithSummary("Lists people who must be enrolled again, because a model has no vector of some of their faces.")
            .Produces<LackingBody>();
    }

    private static async Task<IResult> BeginAsync(
        string gallery, HttpContext context, RequestBodies bodies, GridCaller grid, GalleryMaps maps, CancellationToken cancellationToken)
    {
        IGalleryGrain grain = grid.Gallery(gallery);
        MigrationRequestBody body = await bodies.ReadJsonAsync(context, GatewayJson.Default.MigrationRequestBody, cancellationToken);
        Parameters.CheckThreshold(body.VerifyThreshold, "verifyThreshold");
        Parameters.CheckThreshold(body.IdentifyThreshold, "identifyThreshold");
        if (body.Embedder is not { Length: > 0 and <= 128 } embedder)
        {
            throw new FaceGridException(
                ErrorCodes.InvalidParameter, "embedder is the profile id of the new embedder, 1 to 128 characters.");
        }

        var request = new MigrationRequest(embedder, body.VerifyThreshold, body.IdentifyThreshold);
        MigrationInfo info = await grid.CallAsync(
            async attempt =>
            {
                GalleryMap map = await grain.GetMapAsync(attempt) ?? throw GalleryEndpoints.NotFound();
                attempt.ThrowIfCancellationRequested();
                return await grid.Migration(gallery).BeginAsync(request, map.ContractRevision, attempt);
            },
            cancellationToken);
        return Answer(gallery, info, maps);
    }

    private static async Task<IResult> GetAsync(string gallery, GridCaller grid, CancellationToken cancellationToken) =>
        Answers.Json(MigrationBody.Of(await ReadAsync(gallery, grid, cancellationToken)), GatewayJson.Default.MigrationBody);

    private static Task<IResult> SwitchAsync(
        string gallery, GridCaller grid, GalleryMaps maps, CancellationToken cancellationToken, bool leave = false) =>
        StepAsync(gallery, grid, maps, (grain, revision, token) => grain.SwitchAsync(revision, leave, token), cancellationToken);

    private static Task<IResult> RollBackAsync(
        string gallery, GridCaller grid, GalleryMaps maps, CancellationToken cancellationToken, bool leave = false) =>
        StepAsync(gallery, grid, maps, (grain, revision, token) => grain.RollBackAsync(revision, leave, token), cancellationToken);

    private static Task<IResult> FinishAsync(string gallery, GridCaller grid, GalleryMaps maps, CancellationToken cancellationToken) =>
        StepAsync(gallery, grid, maps, (grain, revision, token) => grain.FinishAsync(revision, switched: true, token), cancellationToken);

    private static Task<IResult> AbortAsync(string gallery, GridCaller grid, GalleryMaps maps, CancellationToken cancellationToken) =>
        StepAsync(gallery, grid, maps, (grain, revision, token) => grain.FinishAsync(revision, switched: false, token), cancellationToken);

    private static async Task<IResult> ListLackingAsync(
        string gallery, GridCaller grid, CancellationToken cancellationToken, string? after = null, int limit = 100)
    {
        Ids.CheckGallery(gallery);
        Parameters.CheckLimit(limit);
        after = Parameters.NullIfEmpty(after) is { } person ? Ids.CheckPerson(person) : null;
        LackingPage page = await grid.CallAsync(token => grid.Reader.ListLackingAsync(gallery, after, limit, token), cancellationToken);
        return Answers.Json(new LackingBody(page.People, page.Next), GatewayJson.Default.LackingBody);
    }

    /// <summary>
    /// Takes one step. The step names the contract revision that was current when the request came, and a repeated call names the same
    /// one. So the step is taken once, however many of these calls arrive and however late.
    /// </summary>
    private static async Task<IResult> StepAsync(
        string gallery,
        GridCaller grid,
        GalleryMaps maps,
        Func<IMigrationGrain, int, CancellationToken, Task<MigrationInfo>> step,
        CancellationToken cancellationToken)
    {
        MigrationInfo seen = await ReadAsync(gallery, grid, cancellationToken);
        MigrationInfo info = await grid.CallAsync(token => step(grid.Migration(gallery), seen.ContractRevision, token), cancellationToken);
        return Answer(gallery, info, maps);
    }

    private static async Task<MigrationInfo> ReadAsync(string gallery, GridCaller grid, CancellationToken cancellationToken)
    {
        IGalleryGrain grain = grid.Gallery(gallery);
        return await grid.CallAsync(_ => grid.Migration(gallery).GetMigrationAsync(), cancellationToken)
            ?? throw (await grid.CallAsync(grain.GetMapAsync, cancellationToken) is null
                ? GalleryEndpoints.NotFound()
                : new FaceGridException(ErrorCodes.NoMigration, "The gallery has no migration to another model."));
    }

    private static IResult Answer(string gallery, MigrationInfo info, GalleryMaps maps)
    {
        maps.Forget(gallery);
        return Answers.Json(MigrationBody.Of(info), GatewayJson.Default.MigrationBody);
    }
}
