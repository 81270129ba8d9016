using Microsoft.Extensions.Logging;

namespace FaceGrid.Grains.Search;

/// <summary>Log messages of shards.</summary>
internal static partial class ShardLog
{
    [LoggerMessage(1, LogLevel.Information, "Shard {Shard} loaded {People} people, {Templates} templates in {Milliseconds} ms")]
    public static partial void Loaded(ILogger logger, string shard, int people, int templates, double milliseconds);

    [LoggerMessage(2, LogLevel.Warning, "Shard {Shard} differed from its rows in {Count} people and repaired itself")]
    public static partial void Repaired(ILogger logger, string shard, int count);

    [LoggerMessage(3, LogLevel.Warning, "Shard {Shard} could not compare itself with its rows; it will try again")]
    public static partial void CheckFailed(ILogger logger, string shard, Exception cause);

    [LoggerMessage(4, LogLevel.Error, "Shard {Shard} left out {Count} people whose rows are damaged or do not fit the gallery's contract")]
    public static partial void Unfit(ILogger logger, string shard, int count);
}
