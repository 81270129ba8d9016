using FaceGrid.Abstractions.Errors;

namespace FaceGrid.Gateway.Problems;

internal sealed partial class ProblemMiddleware
{
    /// <summary>Logs a failure that should not happen. The answer with <see cref="ErrorCodes.Internal"/> points to this entry.</summary>
    [LoggerMessage(LogLevel.Error, "Request {RequestId} failed.")]
    public static partial void LogInternal(ILogger logger, Exception exception, string requestId);

    [LoggerMessage(LogLevel.Warning, "Request {RequestId} was answered with {Code} because of {Cause}.")]
    private partial void LogUnavailable(string code, string cause, string requestId);

    [LoggerMessage(LogLevel.Debug, "The client went away ({Cause}).")]
    private partial void LogClientGone(string cause);
}
