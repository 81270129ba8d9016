using Microsoft.Extensions.Logging;

namespace FaceGrid.Grains.Search;

public sealed partial class ShardGrain
{
    [LoggerMessage(1, LogLevel.Information, "Shard {Shard} loaded {People} people, {Templates} templates in {Milliseconds} ms")]
    private static partial void LogLoaded(ILogger logger, string shard, int people, int templates, double milliseconds);

    [LoggerMessage(2, LogLevel.Warning, "Shard {Shard} differed from its rows in {Count} people and repaired itself")]
    private static partial void LogRepaired(ILogger logger, string shard, int count);

    [LoggerMessage(4, LogLevel.Error, "Shard {Shard} left out {Count} people whose rows are damaged or do not fit the gallery's contract")]
    private static partial void LogUnfit(ILogger logger, string shard, int count);

    [LoggerMessage(3, LogLevel.Warning, "Shard {Shard} could not compare itself with its rows; it will try again")]
    private static partial void LogCheckFailed(ILogger logger, string shard, Exception cause);
}
