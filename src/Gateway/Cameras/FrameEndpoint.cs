using FaceGrid.Abstractions.Cameras;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.People;
using FaceGrid.Gateway.Bodies;
using FaceGrid.Gateway.Limits;
using FaceGrid.Gateway.Security;

namespace FaceGrid.Gateway.Cameras;

/// <summary>Takes frames for a camera: one picture, or a stream of pictures that is read until the client ends it.</summary>
internal static class FrameEndpoint
{
    private static readonly string[] Types =
        ["image/*", "application/octet-stream", "multipart/form-data", "multipart/x-mixed-replace", "multipart/mixed"];

    public static void Map(IEndpointRouteBuilder cameras) =>
        cameras.MapPost("/{camera}/frames", PostAsync)
            .WithSummary("Sends frames to a camera: one picture, or many as a multipart stream. The newest frame wins; no frame is queued.")
            .Accepts<IFormFile>("image/*", Types).Produces<FramesBody>().Produces<FramesBody>(StatusCodes.Status202Accepted)
            .WithMetadata(new OpenEndedEndpoint()).Needs(KeyPermission.Push);

    private static async Task<IResult> PostAsync(
        string camera,
        HttpContext context,
        [AsParameters] FrameServices services,
        CancellationToken cancellationToken,
        bool wait = false,
        DateTimeOffset? at = null)
    {
        Ids.CheckCamera(camera);
        if (RequestBodies.IsStream(context.Request))
        {
            return wait || at is not null
                ? throw new FaceGridException(ErrorCodes.InvalidParameter, "wait and at need a single picture, not a stream of pictures.")
                : await StreamAsync(camera, context, services, cancellationToken);
        }

        if (wait && !ApiKeyGate.Allows(context, KeyPermission.Watch))
        {
            throw new FaceGridException(
                ErrorCodes.Forbidden,
                $"The key lacks the permission {KeyPermission.Watch}: it may send frames but not ask what is in them.");
        }

        using CancellationTokenSource either = services.UntilDeadline(out CancellationTokenSource deadline, cancellationToken);
        using (deadline)
        {
            byte[] picture = await services.Bodies.ReadPictureAsync(context, either.Token);
            var frame = new PushedFrame(picture, at?.ToUniversalTime(), wait);
            FrameReceipt receipt = await services.Grid.CallCameraAsync(
                camera, (grain, token) => grain.PushAsync(frame, token), either.Token);
            bool dropped = !receipt.Accepted || (wait && receipt.View is null);
            return Answers.Json(
                new FramesBody(dropped ? 0 : 1, dropped ? 1 : 0, receipt.View is null ? null : CameraViewBody.Of(receipt.View)),
                GatewayJson.Default.FramesBody,
                wait ? StatusCodes.Status200OK : StatusCodes.Status202Accepted);
        }
    }

    /// <summary>
    /// Reads pictures until the client ends the stream. A client that sends nothing for as long as a request may take is dropped.
    /// </summary>
    private static async Task<IResult> StreamAsync(
        string camera, HttpContext context, FrameServices services, CancellationToken cancellationToken)
    {
        long accepted = 0, dropped = 0;
        using CancellationTokenSource either = services.UntilDeadline(out CancellationTokenSource silence, cancellationToken);
        using (silence)
        {
            await foreach (byte[] picture in services.Bodies.ReadPicturesAsync(context, either.Token))
            {
                var frame = new PushedFrame(picture, TakenAt: null, Wait: false);
                FrameReceipt receipt = await services.Grid.CallCameraAsync(
                    camera, (grain, token) => grain.PushAsync(frame, token), either.Token);
                accepted += receipt.Accepted ? 1 : 0;
                dropped += receipt.Accepted ? 0 : 1;
                silence.CancelAfter(services.Options.Value.Deadline);
            }
        }

        return Answers.Json(new FramesBody(accepted, dropped, null), GatewayJson.Default.FramesBody, StatusCodes.Status202Accepted);
    }
}
