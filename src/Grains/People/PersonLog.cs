using Microsoft.Extensions.Logging;

namespace FaceGrid.Grains.People;

/// <summary>What a person's grain and its parts write to the log. No message names a person.</summary>
internal static partial class PersonLog
{
    [LoggerMessage(1, LogLevel.Warning, "A person of gallery {Gallery} is durable but not yet searchable; retrying in the background")]
    public static partial void NotSearchable(this ILogger logger, string gallery, Exception? cause);

    [LoggerMessage(2, LogLevel.Information, "A person of gallery {Gallery} is searchable after {Attempts} background attempts")]
    public static partial void SearchableAtLast(this ILogger logger, string gallery, int attempts);

    [LoggerMessage(3, LogLevel.Information, "A person of gallery {Gallery} was merged into another")]
    public static partial void Merged(this ILogger logger, string gallery);

    [LoggerMessage(4, LogLevel.Information, "A merge of two people of gallery {Gallery} was undone")]
    public static partial void Unmerged(this ILogger logger, string gallery);

    [LoggerMessage(5, LogLevel.Information, "A face in gallery {Gallery} was released from quarantine")]
    public static partial void Released(this ILogger logger, string gallery);

    [LoggerMessage(6, LogLevel.Information, "A person of gallery {Gallery} was declared different from another: {Different}")]
    public static partial void DeclaredDifferent(this ILogger logger, string gallery, bool different);
}
