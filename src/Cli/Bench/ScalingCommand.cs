using System.CommandLine;
using FaceGrid.Cli.Shell;
using FaceGrid.Load.Scaling;

namespace FaceGrid.Cli.Bench;

/// <summary>
/// <c>facegrid bench scaling</c>: what would a gallery of that size need? It measures nothing: it calculates with measured figures and
/// simulates the queues.
/// </summary>
internal static class ScalingCommand
{
    /// <summary>Creates the command.</summary>
    /// <param name="shell">Runs it.</param>
    /// <returns>The command.</returns>
    public static Command Create(CommandShell shell)
    {
        Option<string?> page = new("--page") { Description = "Put the tables into this page (docs/scaling.md) instead of printing them." };
        Command command = new(
            "scaling",
            "Calculates from measured figures what galleries of up to a billion people would need (docs/scaling.md).") { page };
        shell.Handle(command, async (session, cancellationToken) =>
        {
            if (session.Parsed.GetValue(page) is { } file)
            {
                string text = await File.ReadAllTextAsync(file, cancellationToken);
                await File.WriteAllTextAsync(file, Into(file, text), cancellationToken);
            }
            else if (session.Terminal.IsJson)
            {
                session.Terminal.WriteJson(new { Fewest = ScalingTables.Fewest(), More = ScalingTables.More() });
            }
            else
            {
                session.Terminal.WriteLine(ScalingTables.Markdown());
            }

            return ExitCode.Ok;
        });
        return command;
    }

    private static string Into(string file, string text)
    {
        try
        {
            return ScalingTables.Into(text);
        }
        catch (FormatException wrong)
        {
            throw CliException.Usage($"{file}: {wrong.Message}");
        }
    }
}
