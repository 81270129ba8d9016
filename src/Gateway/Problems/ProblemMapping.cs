using System.Text.Json;
using FaceGrid.Abstractions.Errors;
using Orleans.Storage;

namespace FaceGrid.Gateway.Problems;

/// <summary>Turns any exception into a problem with a code. The text of foreign exceptions never reaches the caller.</summary>
internal static class ProblemMapping
{
    public static FaceGridException Of(Exception exception) => exception switch
    {
        FaceGridException problem => problem,
        BadHttpRequestException bad => OfBadRequest(bad),
        JsonException json => new FaceGridException(ErrorCodes.InvalidJson, JsonDetail(json), json),
        LimitExceededException or GatewayTooBusyException =>
            new FaceGridException(ErrorCodes.Busy, "The grid has too much to do; try again.", exception),
        InconsistentStateException =>
            new FaceGridException(ErrorCodes.StorageUnavailable, "The row changed at the same time; try again.", exception),
        TimeoutException or OperationCanceledException =>
            new FaceGridException(ErrorCodes.DeadlineExceeded, "The grid did not answer within the deadline; try again.", exception),
        OrleansException =>
            new FaceGridException(ErrorCodes.DeadlineExceeded, "A node that is needed does not answer; try again.", exception),
        _ => new FaceGridException(ErrorCodes.Internal, "Something failed; the log has it under this request id.", exception),
    };

    /// <summary>
    /// True for failures of the transport that another try, or another node, can cure. A call that was under way on a node that dies may
    /// end as a cancellation that nobody asked for.
    /// </summary>
    /// <param name="exception">What the call threw.</param>
    /// <param name="cancellationToken">The caller's own: when it is cancelled, nothing is tried again.</param>
    public static bool IsTransient(Exception exception, CancellationToken cancellationToken) =>
        !cancellationToken.IsCancellationRequested && TransientFailures.IsOfTransport(exception);

    /// <summary>True when the grid refused because it has too much to do.</summary>
    public static bool IsBusy(Exception exception) => TransientFailures.IsBusy(exception);

    private static FaceGridException OfBadRequest(BadHttpRequestException bad) => bad.StatusCode switch
    {
        StatusCodes.Status413PayloadTooLarge =>
            new FaceGridException(ErrorCodes.TooManyBytes, "The body is larger than this route accepts.", bad),
        StatusCodes.Status415UnsupportedMediaType =>
            new FaceGridException(ErrorCodes.UnsupportedMediaType, "The content type is not one that this route reads.", bad),
        StatusCodes.Status408RequestTimeout => new FaceGridException(ErrorCodes.DeadlineExceeded, "The body arrived too slowly.", bad),
        _ => new FaceGridException(ErrorCodes.InvalidParameter, "The request is malformed, or a parameter has the wrong type.", bad),
    };

    // The path names members that the caller wrote; values are not repeated.
    private static string JsonDetail(JsonException json) =>
        $"Not valid JSON, an unknown member or a wrong type at {(string.IsNullOrEmpty(json.Path) ? "$" : json.Path)} (line "
            + $"{(json.LineNumber ?? 0) + 1}, byte {(json.BytePositionInLine ?? 0) + 1}).";
}
