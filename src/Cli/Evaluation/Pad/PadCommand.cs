using System.Collections.Concurrent;
using System.CommandLine;
using System.Diagnostics;
using FaceGrid.Cli.Evaluation.Faces;
using FaceGrid.Cli.Shell;
using FaceGrid.Vision;
using FaceGrid.Vision.Pad;

namespace FaceGrid.Cli.Evaluation.Pad;

/// <summary><c>facegrid evaluate pad</c>: how often is a live face taken for a picture of one, and the other way round?</summary>
internal static class PadCommand
{
    private const int ListedMax = 10;

    /// <summary>Creates the command.</summary>
    /// <param name="shell">Runs it.</param>
    /// <returns>The command.</returns>
    public static Command Create(CommandShell shell)
    {
        Option<string> data = new("--data") { Description = "Folder with live/ and a folder for each kind of attack, such as print/ and replay/.", Required = true };
        Option<string[]> pad = new("--pad")
        {
            Description = "Profile ids, or paths of profile files, that are asked together.",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => ["minifasnet-v2", "minifasnet-v1se"],
        };
        Option<bool> oneClass = new("--one-class") { Description = "Also take a folder with only live faces, or with none: half of the errors are then not measured." };
        Option<string> detector = new("--detector") { Description = "Profile id, or path of a profile file.", DefaultValueFactory = _ => new VisionOptions().Detector };
        Option<string?> models = new("--models") { Description = "Directory of models. Also FACEGRID_MODELS." };
        Option<int> threads = new("--threads") { Description = "Threads to work with; 0 is one per processor.", DefaultValueFactory = _ => 0 };
        FiguresOption output = new();
        CommandRanges.Between(threads, 0, 1024);
        Command command = new("pad", "Measures models that tell live faces from pictures of faces, in this process. Ends with 3 when some pictures could not be read.")
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
            string folder = session.Parsed.GetValue(data)!;
            List<(string Kind, string File)> pictures = PadFolder.Read(folder, session.Parsed.GetValue(oneClass));
            int workers = session.Parsed.GetValue(threads) is var asked and > 0 ? asked : Environment.ProcessorCount;
            VisionOptions options = new()
            {
                Detector = session.Parsed.GetValue(detector)!,
                Pad = session.Parsed.GetValue(pad)!,
                ModelDirectory = session.Parsed.GetValue(models),
                Concurrency = workers,
                QueueLengthMax = 4 * workers,
            };
            (PadReport report, bool allRead) = await MeasureAsync(session, folder, pictures, options, cancellationToken);
            await output.WriteAsync(session, report, cancellationToken);

            Print(session.Terminal, report);
            return allRead ? ExitCode.Ok : ExitCode.Partial;
        });
        return command;
    }

    private static async Task<(PadReport Report, bool AllRead)> MeasureAsync(
        Session session, string folder, List<(string Kind, string File)> pictures, VisionOptions options, CancellationToken cancellationToken)
    {
        using FacePipeline pipeline = await FacePipeline.CreateAsync(options, progress: null, cancellationToken);
        LivenessMeter meter = pipeline.Liveness ?? throw CliException.Usage("--pad needs at least one profile.");
        ConcurrentBag<PadPicture> measured = [];
        int unread = 0;
        long started = Stopwatch.GetTimestamp();
        await using (Progress progress = Progress.Start(session, "pictures", pictures.Count))
        {
            ParallelOptions parallel = new() { MaxDegreeOfParallelism = 2 * options.Concurrency, CancellationToken = cancellationToken };
            await Parallel.ForEachAsync(pictures, parallel, async (picture, token) =>
            {
                byte[] bytes = await File.ReadAllBytesAsync(picture.File, token);
                PictureAnalysis analysis = await pipeline.AnalyseAsync(bytes, embed: false, liveness: true, token);
                measured.Add(Measured(picture.Kind, Path.GetRelativePath(folder, picture.File), analysis));
                progress.Advance(analysis.Status == PictureStatus.Ok ? unread : Interlocked.Increment(ref unread));
            });
        }

        if (measured.All(picture => picture.Live is null))
        {
            throw new CliException("No picture has a usable face, so nothing was measured.", "no-face");
        }

        PadReport report = PadReport.Of(
            (meter.Models, pipeline.Detector.Id, pipeline.ExecutionProvider, meter.Threshold), measured, Stopwatch.GetElapsedTime(started).TotalSeconds);
        return (report, unread == 0);
    }

    private static PadPicture Measured(string kind, string file, PictureAnalysis analysis)
    {
        int main = MainFace.Choose(
            [.. analysis.Faces.Select(face => ((double)face.Box.X, (double)face.Box.Y, (double)face.Box.Width, (double)face.Box.Height))], analysis.Width, analysis.Height);
        float? live = main < 0 ? null : analysis.Faces[main].Live;
        return new PadPicture(kind, file, live, live is not null ? null : analysis.Detail ?? (main < 0 ? "no face was found" : "the face is too small"));
    }

    private static void Print(Terminal terminal, PadReport report)
    {
        if (terminal.IsJson)
        {
            terminal.WriteJson(report);
            return;
        }

        PadPicture[] notMeasured = [.. report.Each.Where(picture => picture.Live is null)];
        List<string[]> rows =
        [
            ["detector", $"{report.Detector}, {report.ExecutionProvider}"],
            ["pictures", string.Join(", ", report.Pictures.Select(kind => $"{kind.Key} {kind.Value}")) + $"; {notMeasured.Length} without a usable face; {report.Seconds:0.0} s"],
            ["live faces taken for attacks (BPCER)", report.AtThreshold.Bpcer?.InWords() ?? "-"],
            .. report.AtThreshold.Apcer.Select(kind => new[] { $"{kind.Key} taken for live (APCER)", kind.Value?.InWords() ?? "-" }),
        ];
        terminal.WriteTable([string.Join(" + ", report.Models), FormattableString.Invariant($"at threshold {report.AtThreshold.Threshold:0.00}")], rows);
        terminal.WriteTable(
            ["threshold", ">BPCER", ">worst APCER"],
            report.ByThreshold.Select(at => new[] { FormattableString.Invariant($"{at.Threshold:0.00}"), Percent(at.Bpcer?.Value), Percent(at.ApcerWorst) }));
        foreach (PadPicture picture in report.Each.Where(picture => PadFigures.IsWrong(picture, report.AtThreshold.Threshold)).Take(ListedMax))
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
