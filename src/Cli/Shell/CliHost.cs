namespace FaceGrid.Cli.Shell;

/// <summary>What a run may touch outside itself; tests hand in their own.</summary>
internal sealed record CliHost
{
    /// <summary>Where answers go.</summary>
    public required TextWriter Out { get; init; }

    /// <summary>Where progress and error messages go.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>True when a person reads <see cref="Out"/>; otherwise answers are JSON.</summary>
    public bool OutIsTerminal { get; init; }

    /// <summary>True when a person reads <see cref="Error"/>; otherwise there is no progress bar.</summary>
    public bool ErrorIsTerminal { get; init; }

    /// <summary>True when a person can answer a question.</summary>
    public bool InIsTerminal { get; init; }

    /// <summary>Reads an environment variable.</summary>
    public Func<string, string?> Environment { get; init; } = System.Environment.GetEnvironmentVariable;

    /// <summary>The clock for waiting and back-off.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>The process's own console.</summary>
    /// <returns>A host for <c>Program</c>.</returns>
    public static CliHost FromConsole()
    {
        System.Console.OutputEncoding = new System.Text.UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        return new CliHost
        {
            Out = System.Console.Out,
            Error = System.Console.Error,
            OutIsTerminal = !System.Console.IsOutputRedirected,
            ErrorIsTerminal = !System.Console.IsErrorRedirected,
            InIsTerminal = !System.Console.IsInputRedirected,
        };
    }
}
