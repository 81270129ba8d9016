using FaceGrid.Abstractions.Cameras;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.People;
using FaceGrid.Gateway.Bodies;
using FaceGrid.Gateway.Grid;
using FaceGrid.Gateway.Recognition;
using FaceGrid.Gateway.Security;

namespace FaceGrid.Gateway.Cameras;

/// <summary>Routes of the cameras: list, create, read and delete them, and read what they see.</summary>
internal static class CameraEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup("/v1/cameras").WithTags("Cameras").Needs(KeyPermission.Watch);
        group.MapGet("", ListAsync).WithSummary("Lists cameras, page by page.").Produces<CameraListBody>();
        group.MapPut("/{camera}", PutAsync).WithSummary("Creates a camera or changes its settings.").Needs(KeyPermission.Administer)
            .Accepts<CameraSettingsBody>(isOptional: true, "application/json")
            .Produces<CameraBody>()
            .Produces<CameraBody>(StatusCodes.Status201Created);
        group.MapGet("/{camera}", GetAsync).WithSummary("Reads a camera, with its status.").Produces<CameraBody>();
        group.MapDelete("/{camera}", DeleteAsync)
            .WithSummary("Deletes a camera. Its open visits end.")
            .Needs(KeyPermission.Administer)
            .Produces(StatusCodes.Status204NoContent);
        group.MapGet("/{camera}/view", ViewAsync)
            .WithSummary("Reads what a camera sees: the faces of its newest frame.")
            .Produces<CameraViewBody>();
        group.MapGet("/{camera}/frame", FrameAsync)
            .WithSummary("Reads the newest frame that was analysed.")
            .Produces(StatusCodes.Status200OK, contentType: "image/jpeg")
            .Produces(StatusCodes.Status204NoContent);
        FrameEndpoint.Map(group);
    }

    private static async Task<IResult> ListAsync(
        GridCaller grid, CancellationToken cancellationToken, string? after = null, int limit = 100)
    {
        Parameters.CheckLimit(limit);
        after = Parameters.NullIfEmpty(after) is { } camera ? Ids.CheckCamera(camera) : null;
        CameraPage page = await grid.CallAsync(token => grid.Cameras.ListAsync(after, limit, token), cancellationToken);
        string[] damaged = [.. page.Cameras.Where(static camera => camera.IsDamaged).Select(static camera => camera.Id)];
        CameraBody[] cameras = [.. page.Cameras.Where(static camera => !camera.IsDamaged).Select(CameraBody.Of)];
        return Answers.Json(
            new CameraListBody(cameras, page.Next, damaged.Length > 0 ? damaged : null), GatewayJson.Default.CameraListBody);
    }

    private static async Task<IResult> PutAsync(
        string camera, HttpContext context, RequestBodies bodies, GridCaller grid, CancellationToken cancellationToken)
    {
        Ids.CheckCamera(camera);
        CameraChange change = RequestBodies.IsAbsent(context)
            ? new CameraChange()
            : (await bodies.ReadJsonAsync(context, GatewayJson.Default.CameraSettingsBody, cancellationToken)).ToMessage();
        (CameraInfo info, bool created) = await grid.CallCameraAsync(
            camera, (grain, token) => grain.PutAsync(change, token), cancellationToken);
        return Answers.Json(
            CameraBody.Of(info), GatewayJson.Default.CameraBody, created ? StatusCodes.Status201Created : StatusCodes.Status200OK);
    }

    private static async Task<IResult> GetAsync(string camera, GridCaller grid, CancellationToken cancellationToken)
    {
        CameraInfo info = await grid.CallCameraAsync(camera, (grain, _) => grain.GetAsync(), cancellationToken) ?? throw NotFound();
        return Answers.Json(CameraBody.Of(info), GatewayJson.Default.CameraBody);
    }

    private static async Task<IResult> DeleteAsync(string camera, GridCaller grid, CancellationToken cancellationToken)
    {
        await grid.CallCameraAsync(camera, (grain, token) => grain.DeleteAsync(token), cancellationToken);
        return Results.NoContent();
    }

    private static async Task<IResult> ViewAsync(string camera, GridCaller grid, CancellationToken cancellationToken, bool picture = false)
    {
        // Boxes belong to the picture in which they were found. A caller that draws them gets both in one answer.
        if (picture && await grid.CallCameraAsync(camera, (grain, _) => grain.FrameAsync(), cancellationToken) is { } frame)
        {
            return Answers.Json(CameraViewBody.Of(frame.View) with { Picture = frame.Picture }, GatewayJson.Default.CameraViewBody);
        }

        CameraView view = await grid.CallCameraAsync(camera, (grain, _) => grain.ViewAsync(), cancellationToken) ?? throw NotFound();
        return Answers.Json(CameraViewBody.Of(view), GatewayJson.Default.CameraViewBody);
    }

    private static async Task<IResult> FrameAsync(string camera, HttpContext context, GridCaller grid, CancellationToken cancellationToken)
    {
        CameraPicture? picture = await grid.CallCameraAsync(camera, (grain, _) => grain.FrameAsync(), cancellationToken);
        if (picture is null)
        {
            return await grid.CallCameraAsync(camera, (grain, _) => grain.ViewAsync(), cancellationToken) is null
                ? throw NotFound()
                : Results.NoContent();
        }

        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers["X-Frame-At"] =
            picture.TakenAt.UtcDateTime.ToString("O", System.Globalization.CultureInfo.InvariantCulture);
        return Results.Bytes(picture.Picture, PictureTypes.Of(picture.Picture));
    }

    private static FaceGridException NotFound() => new(ErrorCodes.CameraNotFound, "There is no camera with this id.");
}
