using System.CommandLine;
using System.Globalization;
using FaceGrid.Cli.Shell;
using FaceGrid.Evaluation.Faces;
using FaceGrid.Evaluation.Groups;
using FaceGrid.Evaluation.Measures;
using FaceGrid.Models;

namespace FaceGrid.Cli.Evaluation;

/// <summary><c>facegrid evaluate groups</c>: do promised error rates hold within groups of people?</summary>
internal static class GroupsCommand
{
    /// <summary>Creates the command.</summary>
    /// <param name="shell">Runs it.</param>
    /// <returns>The command.</returns>
    public static Command Create(CommandShell shell)
    {
        Option<string[]> embedder = new("--embedder")
        {
            Description = "Profile ids, or paths of profile files.",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => [DefaultProfiles.Embedder],
        };
        Option<string?> labels = new("--labels")
        {
            Description = "CSV file with a head line: 'file', labels of any name, and 'person' where directories do not say who it is.",
        };
        Option<string?> names = new("--names")
        {
            Description = "Take labels from the names of files instead, by a pattern such as '{age}_{sex}_*'.",
        };
        Option<string[]> ranges = new("--ranges")
        {
            Description = "Put the numbers of a label into ranges, for example age=3,12,19,64 for 0-3, 4-12, 13-19, 20-64 and 65+.",
            DefaultValueFactory = _ => [],
        };
        Option<string[]> by = new("--by")
        {
            Description = "Labels to group by. [default: all]",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => [],
        };
        Option<bool> cross = new("--cross") { Description = "Also take every combination of values as a group." };
        Option<int> least = new("--least") { Description = "Leave out groups of fewer people.", DefaultValueFactory = _ => 20 };
        Option<double> fmr = new("--fmr") { Description = "The promise of verify.", DefaultValueFactory = _ => 1e-4 };
        Option<double> fpir = new("--fpir") { Description = "The promise of identify.", DefaultValueFactory = _ => 0.01 };
        Option<int> people = new("--people") { Description = "People of a gallery.", DefaultValueFactory = _ => 100 };
        Option<int> draws = new("--draws") { Description = "Galleries per group.", DefaultValueFactory = _ => 20 };
        Option<double> repeats = new("--repeats")
        {
            Description = "Leave out pictures at most this distance from an earlier picture of somebody else, 0 to 2: sets without names "
                + "show some people twice. 0 leaves out none.",
        };
        Option<int> seed = new("--seed") { Description = "Seed of galleries and intervals.", DefaultValueFactory = _ => 1 };
        FiguresOption output = new();
        CommandRanges.Between(least, 2, 1_000_000);
        CommandRanges.Between(people, 1, 1_000_000);
        CommandRanges.Between(draws, 1, 1000);
        Command command = new(
            "groups",
            "Measures the error rates within groups of people, such as ages, at the thresholds that a calibration promises, and names the "
                + "worst group.")
        {
            embedder,
            labels,
            names,
            ranges,
            by,
            cross,
            least,
            fmr,
            fpir,
            people,
            draws,
            repeats,
            seed,
            output,
        };
        SetOptions options = new(command);
        shell.Handle(command, async (session, cancellationToken) =>
        {
            ParseResult parsed = session.Parsed;
            LabelledPictures pictures = options.Open(session, loose: true);
            FaceLabels read = (parsed.GetValue(labels), parsed.GetValue(names)) switch
            {
                ({ } file, null) => FaceLabels.ReadCsv(file, pictures.Files),
                (null, { } pattern) => FaceLabels.FromNames(pattern, pictures.Files),
                _ => throw CliException.Usage("Say with --labels or with --names, and not with both, where the labels are."),
            };
            read = parsed.GetValue(ranges)!.Select(RangesOf).Aggregate(read, (all, range) => all.WithRanges(range.Column, range.Ends));
            Note(session, read);
            GroupPlan plan = new(
                parsed.GetValue(by)!,
                parsed.GetValue(cross),
                parsed.GetValue(least),
                Rate(fmr, parsed),
                Rate(fpir, parsed),
                parsed.GetValue(people),
                parsed.GetValue(draws),
                parsed.GetValue(repeats),
                parsed.GetValue(seed));
            List<GroupReport> all = [];
            foreach (string profile in parsed.GetValue(embedder)!)
            {
                ImpostorModel model = options.Profile(session, profile).Calibration?.Impostor
                    ?? throw new CliException($"The profile '{profile}' has no calibration: run facegrid calibrate first.", "file");
                FaceSet set = await FaceSetBuilder.BuildAsync(
                    pictures, options.Plan(session, profile), wanted: null, session.Log, cancellationToken);
                all.Add(await Task.Run(
                    () => GroupMeasurement.Run(set, read, model, plan, options.Threads(session), cancellationToken), cancellationToken));
                if (!session.Terminal.IsJson)
                {
                    Print(session.Terminal, all[^1]);
                }
            }

            await output.WriteAsync(session, all, cancellationToken);
            if (session.Terminal.IsJson)
            {
                session.Terminal.WriteJson(all);
            }

            return ExitCode.Ok;
        });
        return command;
    }

    private static double Rate(Option<double> option, ParseResult parsed) => parsed.GetValue(option) is var rate and > 0 and < 1
        ? rate
        : throw CliException.Usage($"{option.Name} must be above 0 and below 1.");

    private static (string Column, int[] Ends) RangesOf(string text)
    {
        string[] parts = text.Split('=');
        int[] ends = parts.Length == 2
            ? [.. parts[1].Split(',').Select(end => int.TryParse(end, CultureInfo.InvariantCulture, out int number) ? number : -1)]
            : [];
        return ends.Length > 0 && ends[0] >= 0 && ends.Zip(ends.Skip(1)).All(pair => pair.First < pair.Second)
            ? (parts[0], ends)
            : throw CliException.Usage($"--ranges wants a label and ascending numbers, as in age=3,12,19,64, and got '{text}'.");
    }

    private static void Note(Session session, FaceLabels labels)
    {
        if (labels.Unlabelled > 0)
        {
            session.Terminal.Note($"{labels.Unlabelled} pictures have no labels and are left out.");
        }

        if (labels.Unknown > 0)
        {
            session.Terminal.Note($"{labels.Unknown} lines of labels name no picture.");
        }
    }

    private static void Print(Terminal terminal, GroupReport report)
    {
        string verify = string.Create(
            CultureInfo.InvariantCulture, $"FMR, {report.FmrPromise:0.0E0} promised at {report.VerifyDistance:0.000}");
        terminal.WriteTable(
            [report.Embedder, ">people", verify, "FNMR", ">gallery", $"FPIR, {100 * report.FpirPromise:0.##} % promised", "FNIR"],
            report.Groups.Select(group => new[]
            {
                group.Group,
                $"{group.People}",
                $"{group.Fmr.Value:0.0E0} ({group.Fmr.Low:0.0E0} to {group.Fmr.High:0.0E0})",
                InWords(group.Fnmr),
                $"{group.GalleryPeople}",
                group.Fpir.InWords(),
                InWords(group.Fnir),
            }));
        terminal.WriteLine($"{report.Turned} pictures were turned upright, {report.Repeats} left out as repeats.");
        terminal.WriteLine($"Worst group in verify: {report.WorstFmr}; in identify: {report.WorstFpir}.");
    }

    private static string InWords(Share share) => share.Counted == 0 ? "not measured" : share.InWords();
}
