using Microsoft.Extensions.Logging;

namespace FaceGrid.Cameras.Rules;

internal sealed partial class RuleGrain
{
    [LoggerMessage(1, LogLevel.Warning, "Rule {Rule} could not go on; trying again")]
    private static partial void LogFailed(ILogger logger, string rule, Exception cause);

    [LoggerMessage(2, LogLevel.Information, "Rule {Rule}: attempt {Attempt} failed. {Reason}")]
    private static partial void LogNotTaken(ILogger logger, string rule, int attempt, string reason);

    [LoggerMessage(3, LogLevel.Warning, "Rule {Rule} gave a delivery up after {Attempts} attempts. {Reason}")]
    private static partial void LogGivenUp(ILogger logger, string rule, int attempts, string reason);

    [LoggerMessage(4, LogLevel.Information, "Rule {Rule} is carried out elsewhere now")]
    private static partial void LogReplaced(ILogger logger, string rule);
}
