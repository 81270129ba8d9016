using FaceGrid.Abstractions.Cameras;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.People;
using FaceGrid.Gateway.Bodies;
using FaceGrid.Gateway.Grid;
using FaceGrid.Gateway.Limits;
using FaceGrid.Gateway.Security;
using Microsoft.Extensions.Options;

namespace FaceGrid.Gateway.Cameras;

/// <summary>Takes frames for a camera: one picture, or a stream of pictures that is read until the client ends it.</summary>
internal static class FrameEndpoint
{
    private static readonly string[] Types = ["image/*", "application/octet-stream", "multipart/form-data", "multipart/x-mixed-replace", "multipart/mixed"];

    public static void Map(IEndpointRouteBuilder cameras) =>
        cameras.MapPost("/{camera}/frames", PostAsync).WithSummary("Sends frames to a camera: one picture, or many as a multipart stream. The newest wins, none is queued.")
            .Accepts<IFormFile>("image/*", Types).Produces<FramesBody>().Produces<FramesBody>(StatusCodes.Status202Accepted)
            .WithMetadata(new OpenEndedEndpoint()).Needs(KeyPermission.Push);

    private static async Task<IResult> PostAsync(
        string camera,
        HttpContext context,
        RequestBodies bodies,
        GridCaller grid,
        IOptions<GatewayOptions> options,
        TimeProvider time,
        CancellationToken cancellationToken,
        bool wait = false,
        DateTimeOffset? at = null)
    {
        Ids.CheckCamera(camera);
        if (RequestBodies.IsStream(context.Request))
        {
            return wait || at is not null
                ? throw new FaceGridException(ErrorCodes.InvalidParameter, "wait and at are for one picture, not for a stream of them.")
                : await StreamAsync(camera, context, bodies, grid, options.Value.Deadline, time, cancellationToken);
        }

        if (wait && !ApiKeyGate.Allows(context, KeyPermission.Watch))
        {
            throw new FaceGridException(ErrorCodes.Forbidden, $"The key lacks the permission {KeyPermission.Watch}: it may send frames, and not ask what is in them.");
        }

        using var deadline = new CancellationTokenSource(options.Value.Deadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        byte[] picture = await bodies.ReadPictureAsync(context, either.Token);
        FrameReceipt receipt = await grid.CallCameraAsync(camera, (grain, token) => grain.PushAsync(new PushedFrame(picture, at?.ToUniversalTime(), wait), token), either.Token);
        bool dropped = !receipt.Accepted || (wait && receipt.View is null);
        return Answers.Json(
            new FramesBody(dropped ? 0 : 1, dropped ? 1 : 0, receipt.View is null ? null : CameraViewBody.Of(receipt.View)),
            GatewayJson.Default.FramesBody,
            wait ? StatusCodes.Status200OK : StatusCodes.Status202Accepted);
    }

    /// <summary>Reads pictures until the client ends; one that says nothing for as long as a request may take is given up.</summary>
    private static async Task<IResult> StreamAsync(
        string camera, HttpContext context, RequestBodies bodies, GridCaller grid, TimeSpan silenceMax, TimeProvider time, CancellationToken cancellationToken)
    {
        long accepted = 0, dropped = 0;
        using var silence = new CancellationTokenSource(silenceMax, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, cancellationToken);
        await foreach (byte[] picture in bodies.ReadPicturesAsync(context, either.Token))
        {
            FrameReceipt receipt = await grid.CallCameraAsync(camera, (grain, token) => grain.PushAsync(new PushedFrame(picture, TakenAt: null, Wait: false), token), either.Token);
            accepted += receipt.Accepted ? 1 : 0;
            dropped += receipt.Accepted ? 0 : 1;
            silence.CancelAfter(silenceMax);
        }

        return Answers.Json(new FramesBody(accepted, dropped, null), GatewayJson.Default.FramesBody, StatusCodes.Status202Accepted);
    }
}
