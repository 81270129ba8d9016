using FaceGrid.Cli;
using FaceGrid.Cli.Shell;

return await CommandLine.RunAsync(args, CliHost.FromConsole());
