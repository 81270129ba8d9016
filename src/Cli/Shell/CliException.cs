namespace FaceGrid.Cli.Shell;

/// <summary>A problem that the caller can put right. Its message is printed without a stack trace.</summary>
/// <param name="message">One or two sentences: what is wrong and what to do.</param>
/// <param name="code">A stable word for scripts, as in a problem document.</param>
/// <param name="exitCode">How the process ends.</param>
internal sealed class CliException(string message, string code = "failed", ExitCode exitCode = ExitCode.Failed) : Exception(message)
{
    /// <summary>A stable word for scripts.</summary>
    public string Code { get; } = code;

    /// <summary>How the process ends.</summary>
    public ExitCode ExitCode { get; } = exitCode;

    /// <summary>A mistake in the command line.</summary>
    /// <param name="message">What is wrong with the command line.</param>
    /// <returns>An exception that ends the process with <see cref="ExitCode.Usage"/>.</returns>
    public static CliException Usage(string message) => new(message, "usage", ExitCode.Usage);
}
