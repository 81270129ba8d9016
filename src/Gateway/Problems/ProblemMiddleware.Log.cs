namespace FaceGrid.Gateway;

internal sealed partial class ProblemMiddleware
{
    [LoggerMessage(LogLevel.Error, "Request {RequestId} failed.")]
    private partial void LogInternal(Exception exception, string requestId);

    [LoggerMessage(LogLevel.Warning, "Request {RequestId} was answered with {Code} because of {Cause}.")]
    private partial void LogUnavailable(string code, string cause, string requestId);

    [LoggerMessage(LogLevel.Debug, "The client went away ({Cause}).")]
    private partial void LogClientGone(string cause);
}
