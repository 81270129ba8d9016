using Microsoft.Extensions.Logging;

namespace FaceGrid.Grains.People;

public sealed partial class PersonGrain
{
    [LoggerMessage(1, LogLevel.Warning, "A person of gallery {Gallery} is durable but not yet searchable; retrying in the background")]
    private static partial void LogNotSearchable(ILogger logger, string gallery, Exception? cause);

    [LoggerMessage(2, LogLevel.Information, "A person of gallery {Gallery} is searchable after {Attempts} background attempts")]
    private static partial void LogSearchableAtLast(ILogger logger, string gallery, int attempts);
}
