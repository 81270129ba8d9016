using Microsoft.Extensions.Logging;

namespace FaceGrid.Grains.Galleries;

public sealed partial class GalleryGrain
{
    [LoggerMessage(1, LogLevel.Information, "Gallery {Gallery} grew from level {From} to {To} in {Milliseconds} ms")]
    private static partial void LogGrown(ILogger logger, string gallery, int from, int to, double milliseconds);

    [LoggerMessage(2, LogLevel.Warning, "Gallery {Gallery} could not grow yet; it will try again")]
    private static partial void LogGrowthFailed(ILogger logger, string gallery, Exception cause);

    [LoggerMessage(3, LogLevel.Information, "Gallery {Gallery} deleted with {People} people")]
    private static partial void LogDeleted(ILogger logger, string gallery, long people);

    [LoggerMessage(4, LogLevel.Warning, "Gallery {Gallery} could not be deleted completely yet; it will try again")]
    private static partial void LogDeletionFailed(ILogger logger, string gallery, Exception cause);

    [LoggerMessage(5, LogLevel.Warning, "Gallery {Gallery} could not look how alike its people are; it tries again")]
    private static partial void LogLookAroundFailed(ILogger logger, string gallery, Exception cause);

    [LoggerMessage(6, LogLevel.Information, "Gallery {Gallery}: move to another model {Step}")]
    private static partial void LogMove(ILogger logger, string gallery, string step);

    [LoggerMessage(7, LogLevel.Warning, "Gallery {Gallery} could not go on moving to another model yet; it will try again")]
    private static partial void LogMoveFailed(ILogger logger, string gallery, Exception cause);
}
