using System.CommandLine;
using FaceGrid.Cli.Shell;
using FaceGrid.Evaluation.Pad;
using FaceGrid.Models;

namespace FaceGrid.Cli.Evaluation;

/// <summary><c>facegrid evaluate pad</c>: how often is a live face taken for a picture of one, and the other way round?</summary>
internal static class PadCommand
{
    private const int ListedMax = 10;

    /// <summary>Creates the command.</summary>
    /// <param name="shell">Runs it.</param>
    /// <returns>The command.</returns>
    public static Command Create(CommandShell shell)
    {
        Option<string> data = new("--data")
        {
            Description = "Folder with live/ and a folder for each kind of attack, such as print/ and replay/.",
            Required = true,
        };
        Option<string[]> pad = new("--pad")
        {
            Description = "Profile ids, or paths of profile files, that are asked together.",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => ["minifasnet-v2", "minifasnet-v1se"],
        };
        Option<bool> oneClass = new("--one-class")
        {
            Description = "Also accept a folder with only live faces, or with none. Then half of the errors are not measured.",
        };
        Option<string> detector = new("--detector")
        {
            Description = "Profile id, or path of a profile file.",
            DefaultValueFactory = _ => DefaultProfiles.Detector,
        };
        Option<string?> models = new("--models") { Description = "Directory of models. FACEGRID_MODELS sets it, too." };
        Option<int> threads = new("--threads")
        {
            Description = "Threads to work with; 0 is one per processor.",
            DefaultValueFactory = _ => 0,
        };
        FiguresOption output = new();
        CommandRanges.Between(threads, 0, 1024);
        Command command = new(
            "pad",
            "Measures models that tell live faces from pictures of faces, in this process. Ends with 3 when some pictures could not be "
                + "read.")
        {
            data,
            pad,
            oneClass,
            detector,
            models,
            threads,
            output,
        };
        shell.Handle(command, async (session, cancellationToken) =>
        {
            int workers = session.Parsed.GetValue(threads) is var asked and > 0 ? asked : Environment.ProcessorCount;
            PadPlan plan = new(
                session.Parsed.GetValue(pad)!, session.Parsed.GetValue(detector)!, session.Parsed.GetValue(models), workers);
            (PadReport report, bool allRead) = await PadRun.RunAsync(
                session.Parsed.GetValue(data)!, session.Parsed.GetValue(oneClass), plan, session.Log, cancellationToken);
            await output.WriteAsync(session, report, cancellationToken);

            Print(session.Terminal, report);
            return allRead ? ExitCode.Ok : ExitCode.Partial;
        });
        return command;
    }

    private static void Print(Terminal terminal, PadReport report)
    {
        if (terminal.IsJson)
        {
            terminal.WriteJson(report);
            return;
        }

        PadPicture[] notMeasured = [.. report.Each.Where(picture => picture.Live is null)];
        string kinds = string.Join(", ", report.Pictures.Select(kind => $"{kind.Key} {kind.Value}"));
        List<string[]> rows =
        [
            ["detector", $"{report.Detector}, {report.ExecutionProvider}"],
            ["pictures", $"{kinds}; {notMeasured.Length} without a usable face; {report.Seconds:0.0} s"],
            ["live faces taken for attacks (BPCER)", report.AtThreshold.Bpcer?.InWords() ?? "-"],
            .. report.AtThreshold.Apcer.Select(kind => new[] { $"{kind.Key} taken for live (APCER)", kind.Value?.InWords() ?? "-" }),
        ];
        terminal.WriteTable(
            [string.Join(" + ", report.Models), FormattableString.Invariant($"at threshold {report.AtThreshold.Threshold:0.00}")], rows);
        terminal.WriteTable(
            ["threshold", ">BPCER", ">worst APCER"],
            report.ByThreshold.Select(
                at => new[] { FormattableString.Invariant($"{at.Threshold:0.00}"), Percent(at.Bpcer?.Value), Percent(at.ApcerWorst) }));
        double threshold = report.AtThreshold.Threshold;
        foreach (PadPicture picture in report.Each.Where(picture => PadFigures.IsWrong(picture, threshold)).Take(ListedMax))
        {
            terminal.WriteLine(FormattableString.Invariant($"wrong: {picture.File} ({picture.Live:0.000})"));
        }

        foreach (PadPicture picture in notMeasured.Take(ListedMax))
        {
            terminal.WriteLine($"not measured: {picture.File}: {picture.Reason}");
        }
    }

    private static string Percent(double? share) => share is { } value ? FormattableString.Invariant($"{100 * value:0.00} %") : "-";
}
