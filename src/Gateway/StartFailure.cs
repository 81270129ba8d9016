using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;

namespace FaceGrid.Gateway;

/// <summary>Failed starts of a node or gateway that an operator can fix. They are reported as a sentence, not as a stack trace.</summary>
public static class StartFailure
{
    /// <summary>The exit code when an operator has to fix something before another start can succeed.</summary>
    public const int ExitCode = 2;

    /// <summary>The exit code when the cause may pass by itself. The service manager should start the process again.</summary>
    public const int RestartExitCode = 1;

    /// <summary>Describes what an operator has to fix.</summary>
    /// <param name="failure">The exception that ended the start.</param>
    /// <returns>
    /// For wrong options: all mistakes and <see cref="ExitCode"/>. For an address in use: the message and <see cref="RestartExitCode"/>,
    /// because the other process may release it. Null for any other failure.
    /// </returns>
    public static (string Sentence, int ExitCode)? Of(Exception failure) => failure switch
    {
        OptionsValidationException options => (options.Message, ExitCode),
        AggregateException several when several.InnerExceptions.All(static one => one is OptionsValidationException) =>
            (string.Join(Environment.NewLine, several.InnerExceptions.Select(static one => one.Message)), ExitCode),
        IOException { InnerException: AddressInUseException } taken => (taken.Message, RestartExitCode),
        _ => null,
    };
}
