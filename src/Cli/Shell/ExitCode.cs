namespace FaceGrid.Cli.Shell;

/// <summary>What the process tells the shell that started it; the numbers are part of the interface.</summary>
internal enum ExitCode
{
    /// <summary>Everything asked for was done; identify, verify and compare found a match.</summary>
    Ok = 0,

    /// <summary>The command failed; standard error says why.</summary>
    Failed = 1,

    /// <summary>The command line makes no sense; standard error says what is wrong with it.</summary>
    Usage = 2,

    /// <summary>Some pictures or people failed, the others were done.</summary>
    Partial = 3,

    /// <summary>The answer is complete, and it is "unknown" or "no match".</summary>
    NoMatch = 4,
}
