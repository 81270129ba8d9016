using Microsoft.Extensions.Logging;

namespace FaceGrid.Grains.Galleries;

/// <summary>Log messages of galleries.</summary>
internal static partial class GalleryLog
{
    [LoggerMessage(1, LogLevel.Information, "Gallery {Gallery} grew from level {From} to {To} in {Milliseconds} ms")]
    public static partial void Grown(ILogger logger, string gallery, int from, int to, double milliseconds);

    [LoggerMessage(2, LogLevel.Warning, "Gallery {Gallery} could not grow yet; it will try again")]
    public static partial void GrowthFailed(ILogger logger, string gallery, Exception cause);

    [LoggerMessage(3, LogLevel.Information, "Gallery {Gallery} deleted with {People} people")]
    public static partial void Deleted(ILogger logger, string gallery, long people);

    [LoggerMessage(4, LogLevel.Warning, "Gallery {Gallery} could not be deleted completely yet; it will try again")]
    public static partial void DeletionFailed(ILogger logger, string gallery, Exception cause);

    [LoggerMessage(5, LogLevel.Warning, "Gallery {Gallery} could not measure how alike its people are; it will try again")]
    public static partial void AlikenessFailed(ILogger logger, string gallery, Exception cause);

    [LoggerMessage(6, LogLevel.Information, "Gallery {Gallery}: migration to another model {Step}")]
    public static partial void Migration(ILogger logger, string gallery, string step);

    [LoggerMessage(7, LogLevel.Warning, "Gallery {Gallery} could not go on with its migration to another model yet; it will try again")]
    public static partial void MigrationFailed(ILogger logger, string gallery, Exception cause);
}
