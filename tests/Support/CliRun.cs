namespace FaceGrid.Tests.Support;

/// <summary>A command that has ended.</summary>
/// <param name="ExitCode">What it ended with.</param>
/// <param name="Out">Its standard output.</param>
/// <param name="Error">Its standard error.</param>
public sealed record CliRun(int ExitCode, string Out, string Error);
