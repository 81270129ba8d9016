using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Galleries;
using FaceGrid.Abstractions.Policies;
using FaceGrid.Gateway.Bodies;
using FaceGrid.Gateway.Grid;
using FaceGrid.Gateway.Security;

namespace FaceGrid.Gateway.Galleries;

/// <summary>Routes of the galleries: list, create, read and delete them.</summary>
internal static class GalleryEndpoints
{
    private const int ContractIdLengthMax = 128;

    public static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup("/v1/galleries").WithTags("Galleries").Needs(KeyPermission.Read);
        group.MapGet("", ListAsync).WithSummary("Lists all galleries.").Produces<GalleryListBody>();
        group.MapPut("/{gallery}", PutAsync).WithSummary("Creates a gallery or changes its settings.").Needs(KeyPermission.Administer)
            .Accepts<GallerySettingsBody>(isOptional: true, "application/json")
            .Produces<GalleryBody>()
            .Produces<GalleryBody>(StatusCodes.Status201Created);
        group.MapGet("/{gallery}", GetAsync).WithSummary("Reads a gallery, with its counts.").Produces<GalleryBody>();
        group.MapDelete("/{gallery}", DeleteAsync)
            .WithSummary("Deletes a gallery and everybody in it.")
            .Needs(KeyPermission.Administer)
            .Produces(StatusCodes.Status204NoContent);
    }

    private static async Task<IResult> ListAsync(GridCaller grid, CancellationToken cancellationToken)
    {
        GalleryInfo[] galleries = await grid.CallAsync(token => grid.Reader.ListGalleriesAsync(token), cancellationToken);
        string[] damaged = [.. galleries.Where(static gallery => gallery.IsDamaged).Select(static gallery => gallery.Id)];
        GalleryBody[] readable = [.. galleries.Where(static gallery => !gallery.IsDamaged).Select(GalleryBody.Of)];
        return Answers.Json(
            new GalleryListBody(readable, damaged.Length > 0 ? damaged : null), GatewayJson.Default.GalleryListBody);
    }

    private static async Task<IResult> PutAsync(
        string gallery, HttpContext context, RequestBodies bodies, GridCaller grid, GalleryMaps maps, CancellationToken cancellationToken)
    {
        IGalleryGrain grain = grid.Gallery(gallery);
        GallerySettingsBody settings = RequestBodies.IsAbsent(context)
            ? new GallerySettingsBody(null, null, null, null)
            : await bodies.ReadJsonAsync(context, GatewayJson.Default.GallerySettingsBody, cancellationToken);
        Check(settings);
        GalleryPolicy? promises = settings.Policy is { Verify: not null } or { Identify: not null }
            ? new GalleryPolicy(settings.Policy.Verify, settings.Policy.Identify)
            : null;
        var write = new GallerySettings(
            settings.Contract, settings.VerifyThreshold, settings.IdentifyThreshold, promises, settings.Policy?.Pad?.ToMessage())
        {
            Enrolment = settings.Policy?.Enrolment?.ToMessage(),
        };
        (GalleryInfo info, bool created) = await grid.CallAsync(token => grain.PutAsync(write, token), cancellationToken);
        maps.Forget(gallery);
        return Answers.Json(
            GalleryBody.Of(info with { People = null, Faces = null }),
            GatewayJson.Default.GalleryBody,
            created ? StatusCodes.Status201Created : StatusCodes.Status200OK);
    }

    private static async Task<IResult> GetAsync(string gallery, GridCaller grid, CancellationToken cancellationToken)
    {
        IGalleryGrain grain = grid.Gallery(gallery);
        GalleryInfo info = await grid.CallAsync(grain.GetAsync, cancellationToken) ?? throw NotFound();
        return Answers.Json(GalleryBody.Of(info), GatewayJson.Default.GalleryBody);
    }

    private static async Task<IResult> DeleteAsync(string gallery, GridCaller grid, GalleryMaps maps, CancellationToken cancellationToken)
    {
        IGalleryGrain grain = grid.Gallery(gallery);
        bool existed = await grid.CallAsync(
            async attempt =>
            {
                // Without a map there is no gallery, or it is being deleted. In that case this call waits for the deletion to end.
                GalleryMap? map = await grain.GetMapAsync(attempt);
                attempt.ThrowIfCancellationRequested();
                return await grain.DeleteAsync(map?.Epoch, attempt);
            },
            cancellationToken);
        if (existed)
        {
            maps.Forget(gallery);
        }

        return Results.NoContent();
    }

    internal static FaceGridException NotFound() => new(ErrorCodes.GalleryNotFound, "There is no gallery with this id.");

    private static void Check(GallerySettingsBody settings)
    {
        Parameters.CheckThreshold(settings.VerifyThreshold, "verifyThreshold");
        Parameters.CheckThreshold(settings.IdentifyThreshold, "identifyThreshold");
        if (settings.Contract is { } contract
            && (string.IsNullOrEmpty(contract.Id) || contract.Id.Length > ContractIdLengthMax || contract.Dimension is < 32 or > 2048))
        {
            throw new FaceGridException(
                ErrorCodes.InvalidParameter,
                $"A contract has an id of 1 to {ContractIdLengthMax} characters and a dimension of 32 to 2,048.");
        }
    }
}
