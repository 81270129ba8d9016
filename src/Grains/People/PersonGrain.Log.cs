using Microsoft.Extensions.Logging;

namespace FaceGrid.Grains.People;

public sealed partial class PersonGrain
{
    [LoggerMessage(1, LogLevel.Warning, "A person of gallery {Gallery} is durable but not yet searchable; retrying in the background")]
    private static partial void LogNotSearchable(ILogger logger, string gallery, Exception? cause);

    [LoggerMessage(2, LogLevel.Information, "A person of gallery {Gallery} is searchable after {Attempts} background attempts")]
    private static partial void LogSearchableAtLast(ILogger logger, string gallery, int attempts);

    [LoggerMessage(3, LogLevel.Information, "A person of gallery {Gallery} was merged into another")]
    private static partial void LogMerged(ILogger logger, string gallery);

    [LoggerMessage(4, LogLevel.Information, "A merge of two people of gallery {Gallery} was undone")]
    private static partial void LogUnmerged(ILogger logger, string gallery);

    [LoggerMessage(5, LogLevel.Information, "A face in gallery {Gallery} was released from quarantine")]
    private static partial void LogReleased(ILogger logger, string gallery);

    [LoggerMessage(6, LogLevel.Information, "A person of gallery {Gallery} was declared different from another: {Different}")]
    private static partial void LogDifferent(ILogger logger, string gallery, bool different);
}
