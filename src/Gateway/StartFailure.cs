using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;

namespace FaceGrid.Gateway;

/// <summary>What keeps a node or a gateway from starting and an operator can mend: it gets a sentence, not a stack trace.</summary>
public static class StartFailure
{
    /// <summary>How a process ends when an operator has to mend something first, so that nobody needs to start it again before.</summary>
    public const int ExitCode = 2;

    /// <summary>How a process ends when what kept it from starting may pass by itself: whatever runs it should start it again.</summary>
    public const int RestartExitCode = 1;

    /// <summary>Says what is to be mended.</summary>
    /// <param name="failure">What ended the start.</param>
    /// <returns>
    /// All options that are wrong, with <see cref="ExitCode"/>; an address that is taken, with <see cref="RestartExitCode"/>, because
    /// whoever has it may go; null for anything else.
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
